//! Every template as people see it.

use rootsweep_kit::{Dialect, Kit, Options, render};

#[test]
fn every_template_renders_as_kept() {
    for kit in Kit::ALL {
        for dialect in Dialect::ALL {
            insta::assert_snapshot!(format!("{kit}-{dialect}"), render(kit, dialect, &crate::chosen()));
        }
    }
}

#[test]
fn what_was_not_chosen_is_asked_for() {
    let options = Options::new(&["iam:GetAccountSummary"], &[]);
    insta::assert_snapshot!("bare-cloudformation", render(Kit::AuditRole, Dialect::CloudFormation, &options));
    insta::assert_snapshot!("bare-terraform", render(Kit::AuditRole, Dialect::Terraform, &options));
}
