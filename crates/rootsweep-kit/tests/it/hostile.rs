//! Texts stay texts.

use proptest::prelude::*;
use rootsweep_kit::{Kit, Options};

use crate::read::{at, block, module, stack, text};

const HOSTILE: &[&str] = &[
    "\"\n      Policies: []\n  x: \"",
    "\"\n}\nresource \"aws_iam_user\" \"x\" {\n  name = \"",
    "${file(\"/etc/passwd\")}",
    "%{ for x in [1] }y%{ endfor }",
    "$${a} \\${b} \\",
    "!Ref AWS::AccountId",
    "{{ '{{resolve:ssm:x}}' }}",
    "# no comment\u{85}\u{2028}\u{feff}",
    "\u{0}\u{7}\u{1b}[31m\u{7f}",
    "\u{202e}gpj.exe 🦀",
];

fn check(hostile: &str) {
    let options = Options {
        role_name: hostile.to_owned(),
        external_id: Some(hostile.to_owned()),
        trusted_principal: Some(hostile.to_owned()),
        ..Options::new(crate::AUDIT, crate::CALLER)
    };
    for (kit, names) in [
        (
            Kit::AuditRole,
            &[("RoleName", "role_name"), ("TrustedPrincipal", "trusted_principal"), ("ExternalId", "external_id")][..],
        ),
        (Kit::Monitor, &[("AuditRoleName", "audit_role_name"), ("ExternalId", "external_id")][..]),
    ] {
        let (template, module) = (stack(kit, &options), module(kit, &options));
        for (parameter, variable) in names {
            assert_eq!(at(&template, &["Parameters", parameter, "Default"]), hostile);
            assert_eq!(text(block(&module, "variable", &[variable]), "default"), hostile);
        }
    }
}

#[test]
fn hostile_texts_stay_texts() {
    for hostile in HOSTILE {
        check(hostile);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_text_stays_what_it_is(text in any::<String>()) {
        check(&text);
    }
}
