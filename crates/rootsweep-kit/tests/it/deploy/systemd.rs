//! The units load, and systemd finds little that they could harm.

use std::process::Command;

use test_support::not_run;

/// The exposure, in tenths, that `systemd-analyze security` may find at most; it calls up to 19 "OK".
const EXPOSURE: &str = "--threshold=15";

/// Runs `systemd-analyze` on the units, with a program that is there in the place of ours.
fn analyze(what: &str, arguments: &[&str], units: &[&str]) {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        return not_run(&format!("systemd-analyze {what} on the units"), "install systemd");
    }
    let folder = tempfile::tempdir().unwrap();
    let paths = units.iter().map(|unit| {
        let text = super::read(&format!("systemd/{unit}")).replace("/usr/local/bin/rootsweep", "/bin/true");
        let path = folder.path().join(unit);
        std::fs::write(&path, text).unwrap();
        path
    });
    let paths: Vec<_> = paths.collect();
    let output = Command::new("systemd-analyze").arg(what).args(arguments).args(paths).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    // What systemd does not know it warns of, and goes on.
    assert!(output.stderr.is_empty(), "{said}");
}

#[test]
fn the_units_load() {
    analyze("verify", &["--man=no"], &["rootsweep.service", "rootsweep.timer"]);
}

#[test]
fn the_service_is_exposed_to_little() {
    analyze("security", &["--offline=true", "--no-pager", EXPOSURE], &["rootsweep.service"]);
}

#[test]
fn the_service_writes_its_own_folder_alone() {
    let unit = super::read("systemd/rootsweep.service");
    for line in ["DynamicUser=yes", "ProtectSystem=strict", "StateDirectory=rootsweep", "CapabilityBoundingSet="] {
        assert!(unit.lines().any(|it| it == line), "no {line}");
    }
    assert!(!unit.contains("ReadWritePaths"));
}
