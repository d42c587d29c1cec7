//! The words of the command line.

use rootsweep_kit::{Dialect, Kit};

#[test]
fn words_are_read_as_they_are_written() {
    for kit in Kit::ALL {
        assert_eq!(kit.to_string().parse(), Ok(kit));
    }
    for dialect in Dialect::ALL {
        assert_eq!(dialect.to_string().parse(), Ok(dialect));
    }
}

#[test]
fn other_words_are_told_the_ones_there_are() {
    let error = "audit_role".parse::<Kit>().unwrap_err();
    assert_eq!(error.to_string(), r#""audit_role" is none of audit-role, alarm, event-rule, monitor"#);
    let error = "pulumi".parse::<Dialect>().unwrap_err();
    assert_eq!(error.to_string(), r#""pulumi" is none of cloudformation, terraform"#);
}
