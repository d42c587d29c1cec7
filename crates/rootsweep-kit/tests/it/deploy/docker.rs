//! The image runs as a user without rights, from nothing but the binary.

use rootsweep_kit::Kit;

use crate::read::{at, stack};

/// Returns the instructions of the last stage, each with its arguments.
fn last_stage() -> Vec<(String, String)> {
    let text = super::read("Dockerfile").replace("\\\n", " ");
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let instructions: Vec<_> = lines.filter_map(|line| line.split_once(' ')).collect();
    let last = instructions.iter().rposition(|(name, _)| *name == "FROM").unwrap();
    instructions[last..].iter().map(|&(name, arguments)| (name.to_owned(), arguments.trim().to_owned())).collect()
}

fn argument(name: &str) -> String {
    let found: Vec<_> = last_stage().into_iter().filter(|(it, _)| it == name).map(|(_, argument)| argument).collect();
    assert_eq!(found.len(), 1, "{name} stands {} times", found.len());
    found[0].clone()
}

#[test]
fn nothing_is_below_the_binary() {
    assert_eq!(argument("FROM"), "scratch");
    assert_eq!(argument("ENTRYPOINT"), r#"["/usr/local/bin/rootsweep"]"#);
    assert!(last_stage().iter().all(|(name, _)| name != "RUN"), "there is no shell to run it");
}

/// The task definition names the user for which it hands the volume over.
#[test]
fn the_image_and_the_task_have_one_user() {
    let template = stack(Kit::Monitor, &crate::chosen());
    let containers = at(&template, &["Resources", "Task", "Properties", "ContainerDefinitions"]).as_array().unwrap();
    let of = |name: &str| containers.iter().find(|it| it["Name"] == name).unwrap();
    let user = argument("USER");
    assert_eq!(of("sweep")["User"], *user);
    assert!(of("restore")["Command"].to_string().contains(&format!("chown -R {user} /data")));
    let (id, group) = user.split_once(':').unwrap();
    assert!(id.parse::<u32>().unwrap() > 0 && group.parse::<u32>().unwrap() > 0, "{user} is root");
    let handed_over = last_stage().iter().filter(|(_, it)| it.contains(&format!("--chown={user}"))).count();
    assert_eq!(handed_over, 2, "/data and /tmp");
}

#[test]
fn no_container_of_the_task_writes_its_file_system() {
    let template = stack(Kit::Monitor, &crate::chosen());
    let containers = at(&template, &["Resources", "Task", "Properties", "ContainerDefinitions"]).as_array().unwrap();
    assert_eq!(containers.len(), 3);
    for container in containers {
        assert_eq!(container["ReadonlyRootFilesystem"], true, "{}", container["Name"]);
    }
}
