//! What the linters and formatters of others say of the templates, where they are installed.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use rootsweep_kit::{Dialect, Kit, Options, render};
use test_support::{Python, not_run};

/// The folder that holds Terraform's AWS provider, for machines that do not reach its registry.
const PLUGINS: &str = "ROOTSWEEP_TERRAFORM_PLUGINS";

#[test]
fn cfn_lint_has_nothing_to_say() {
    let python = match Python::with("cfn-lint", &["cfn-lint==1.51.0"]) {
        Ok(python) => python,
        Err(why) => return not_run("cfn-lint on the CloudFormation templates", &why),
    };
    let folder = tempfile::tempdir().unwrap();
    write_all(folder.path(), Dialect::CloudFormation, "yaml");
    // Informational findings count as well; a Region of each partition, since the templates are for all of them.
    let mut lint = python.command("cfn-lint");
    lint.args(["--include-checks", "I", "--regions", "us-east-1", "us-gov-west-1", "cn-north-1", "--template"]);
    passes(lint.arg(folder.path().join("*/*.yaml")));
}

#[test]
fn terraform_would_not_format_them_otherwise() {
    if !is_there("terraform") {
        return not_run(
            "terraform fmt on the Terraform templates",
            "install it: https://developer.hashicorp.com/terraform/install",
        );
    }
    let folder = tempfile::tempdir().unwrap();
    write_all(folder.path(), Dialect::Terraform, "tf");
    passes(Command::new("terraform").args(["fmt", "-check", "-diff", "-recursive"]).arg(folder.path()));
}

#[test]
fn terraform_takes_them_for_valid() {
    let Some(plugins) = std::env::var_os(PLUGINS).filter(|_| is_there("terraform")) else {
        let how = format!("install terraform and point {PLUGINS} to a folder made by `terraform providers mirror`");
        return not_run("terraform validate on the Terraform templates, with the AWS provider", &how);
    };
    for kit in Kit::ALL {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), kit, Dialect::Terraform, "tf", &crate::chosen());
        let terraform = |arguments: &[&OsStr]| passes(Command::new("terraform").current_dir(&folder).args(arguments));
        let mut init = OsStr::new("-plugin-dir=").to_owned();
        init.push(&plugins);
        terraform(&[OsStr::new("init"), OsStr::new("-backend=false"), OsStr::new("-input=false"), &init]);
        terraform(&[OsStr::new("validate"), OsStr::new("-no-color")]);
    }
}

fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Writes every template thrice: with everything chosen, with nothing but configuration to read, and with log records
/// alone.
fn write_all(folder: &Path, dialect: Dialect, extension: &str) {
    let bare = Options::new(&["iam:GetAccountSummary"], &[]);
    let records = Options::new(&["logs:FilterLogEvents"], &["organizations:ListAccounts"]);
    for (name, options) in [("chosen", &crate::chosen()), ("bare", &bare), ("records", &records)] {
        let folder = folder.join(name);
        std::fs::create_dir_all(&folder).unwrap();
        for kit in Kit::ALL {
            write(&folder, kit, dialect, extension, options);
        }
    }
}

fn write(folder: &Path, kit: Kit, dialect: Dialect, extension: &str, options: &Options<'_>) {
    std::fs::write(folder.join(format!("{kit}.{extension}")), render(kit, dialect, options)).unwrap();
}

fn passes(command: &mut Command) {
    let output = command.output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?} says:\n{said}");
}
