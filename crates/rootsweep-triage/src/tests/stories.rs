//! The stories of `tests/stories`: whole records, and what the triage makes of them together.

use super::*;

/// A story, told by its records.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Story {
    /// What it is about, and where its facts are from.
    #[serde(rename = "why")]
    _why: String,
    now: Timestamp,
    #[serde(default)]
    delivered_at: Option<Timestamp>,
    records: Vec<Told>,
    /// The episodes, the worst first: fields by name, and the ids of rules that have to speak.
    episodes: Vec<Episode>,
}

/// A record, and how often it comes, each time with an id and a minute of its own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Told {
    #[serde(default = "once")]
    times: usize,
    json: Value,
    /// What has to be said of it, by the names of the JSON.
    #[serde(default)]
    expect: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Episode {
    expect: Map<String, Value>,
    #[serde(default)]
    rules: Vec<String>,
    #[serde(default)]
    says: Vec<String>,
    #[serde(default)]
    commands: Vec<String>,
}

const fn once() -> usize {
    1
}

impl Told {
    fn copies(&self) -> impl Iterator<Item = Value> {
        let first: Option<Timestamp> = self.json["eventTime"].as_str().and_then(|time| time.parse().ok());
        (0..self.times).map(move |number| {
            let mut json = self.json.clone();
            if let Some(first) = first.filter(|_| number > 0) {
                let time = first + jiff::SignedDuration::from_mins(i64::try_from(number).unwrap());
                json["eventTime"] = json!(time.to_string());
                json["eventID"] = json!(format!("{}-{number}", self.json["eventID"].as_str().unwrap()));
            }
            json
        })
    }
}

#[test]
fn every_story_ends_as_it_should() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories");
    let mut stories = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let story: Story = serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        check(&path.display().to_string(), &story);
        stories += 1;
    }
    assert!(stories >= 12, "only {stories} stories");
}

fn check(name: &str, story: &Story) {
    let mut triage = Triage::new(Settings::new(story.now)).unwrap();
    let mut expected = Vec::new();
    for told in &story.records {
        for json in told.copies() {
            let source = Source { file: name.to_owned(), index: expected.len() as u64 };
            triage.push_json(source, story.delivered_at, &json.to_string());
            expected.push(&told.expect);
        }
    }
    let answer = triage.finish();
    for record in &answer.records {
        let json = serde_json::to_value(record).unwrap();
        for (field, value) in expected[usize::try_from(record.source.index).unwrap()] {
            assert_eq!(&json[field], value, "{name}, {:?}: {field}", record.event_name);
        }
    }
    let titles: Vec<&str> = answer.episodes.iter().map(|episode| episode.title.as_str()).collect();
    assert_eq!(answer.episodes.len(), story.episodes.len(), "{name}: {titles:#?}");
    for (told, wanted) in answer.episodes.iter().zip(&story.episodes) {
        check_episode(name, told, wanted);
    }
}

fn check_episode(name: &str, told: &triage_v1::Episode, wanted: &Episode) {
    let json = serde_json::to_value(told).unwrap();
    for (field, value) in &wanted.expect {
        assert_eq!(&json[field], value, "{name}: {field} of {told:#?}");
    }
    for rule in &wanted.rules {
        assert!(told.reasons.iter().any(|reason| &reason.rule == rule), "{name}: {rule} of {:#?}", told.reasons);
    }
    for part in &wanted.says {
        assert!(told.story.iter().chain([&told.title]).any(|line| line.contains(part)), "{name}: {part} of {told:#?}");
    }
    for part in &wanted.commands {
        assert!(
            told.next_commands.iter().any(|line| line.contains(part)),
            "{name}: {part} of {:#?}",
            told.next_commands
        );
    }
}
