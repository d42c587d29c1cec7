use super::*;

fn refused(text: &str) -> String {
    format!("{:#}", Config::parse(text).expect_err("a broken configuration"))
}

#[test]
fn an_unknown_key_is_shown_with_a_caret() {
    insta::assert_snapshot!(refused("role-names = [\"rootsweep-audit\"]\nconcurency = 8\n"), @r#"
    TOML parse error at line 2, column 1
      |
    2 | concurency = 8
      | ^^^^^^^^^^
    unknown field `concurency`, expected one of `accounts`, `exclude-accounts`, `organizational-units`, `single-account`, `role-names`, `external-id`, `organization-role-arn`, `central-root`, `profile`, `endpoint-url`, `regions`, `window`, `sources`, `athena`, `concurrency`, `account-time-limit`, `call-time-limit`, `state-dir`, `keep-days`, `outputs`, `fail-on`, `allow-unknown`, `notify`, `exception`, `expected-use`
    "#);
}

#[test]
fn a_role_name_with_a_space_is_refused() {
    insta::assert_snapshot!(refused("role-names = [\"audit role\"]\n"), @r#"
    TOML parse error at line 1, column 14
      |
    1 | role-names = ["audit role"]
      |              ^^^^^^^^^^^^^^
    "audit role" is not a role name: IAM allows 1 to 64 letters, digits and _+=,.@- (a name, not an ARN)
    "#);
}

#[test]
fn an_account_id_of_eleven_digits_is_refused() {
    insta::assert_snapshot!(refused("accounts = [\"11111111111\"]\n"), @r#"
    TOML parse error at line 1, column 12
      |
    1 | accounts = ["11111111111"]
      |            ^^^^^^^^^^^^^^^
    "11111111111" is not an AWS account id: an account id has exactly 12 digits
    "#);
}

const EXCEPTION: &str = r#"
[[exception]]
checks = ["root-mfa-hardware"]
accounts = ["111122223333"]
owner = "platform"
reason = "hardware keys are on order"
until = "2027-01-31"
"#;

#[test]
fn an_exception_is_read() {
    let config = Config::parse(EXCEPTION).expect("a sound exception");
    assert_eq!(config.exception.len(), 1);
}

#[test]
fn an_exception_that_nobody_answers_for_is_refused() {
    let text = EXCEPTION.replace("\"platform\"", "\" \"");
    assert_eq!(refused(&text), "an exception has no owner; name who carries it");
}

#[test]
fn an_exception_to_a_check_that_is_none_is_refused() {
    let text = EXCEPTION.replace("root-mfa-hardware", "root-mfa-hardwear");
    assert!(refused(&text).contains("names \"root-mfa-hardwear\", which is not a check"), "{}", refused(&text));
}

#[test]
fn expected_use_that_excuses_everything_is_refused() {
    let text = "[[expected-use]]\nname = \"x\"\nowner = \"y\"\nreason = \"z\"\nuntil = \"2027-01-31\"\n";
    assert!(refused(text).starts_with("expected use \"x\""), "{}", refused(text));
}
