//! Writes a folder of CloudTrail logs as a trail lays it out in its bucket: the same for the same arguments.
//!
//! ```text
//! cargo run --release --package rootsweep-cloudtrail --example generate_trail -- DIR [MEGABYTES]
//! ```
//!
//! About two records in a thousand are the root user's. The rest has what looks like it: users and roles named `Root`,
//! policies quoted in strings, service events. One root record in three, and some others, are spelt in an odd way (white
//! space, letters as escapes in keys and values), which a search for `"type":"Root"` misses. The last line of the output
//! says how many of everything there is, as JSON.

#![expect(clippy::print_stdout, reason = "a program that says what it has done")]

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// How many records a file holds: about what a busy account makes in five minutes.
const RECORDS_PER_FILE: usize = 1_500;

/// One record in so many is the root user's.
const ROOT_ONE_IN: usize = 500;

/// One record in so many of the others may be spelt as oddly as root records are.
const ODD_ONE_IN: usize = 500;

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next().map(PathBuf::from) else {
        return Err(io::Error::other("usage: generate_trail DIR [MEGABYTES]"));
    };
    let megabytes: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(100);
    let mut trail = Trail::new();
    while trail.bytes < megabytes << 20 {
        trail.write_file(&folder)?;
    }
    println!(
        "{}",
        json!({"files": trail.files, "bytes": trail.bytes, "records": trail.records, "root_records": trail.root_records})
    );
    Ok(())
}

/// A trail in the making.
struct Trail {
    random: Random,
    now: Timestamp,
    files: u64,
    bytes: u64,
    records: u64,
    root_records: u64,
}

impl Trail {
    fn new() -> Self {
        // Monday, 5 January 2026.
        let now = Timestamp::from_second(1_767_571_200).unwrap_or_default();
        Self { random: Random(0x2026), now, files: 0, bytes: 0, records: 0, root_records: 0 }
    }

    fn write_file(&mut self, folder: &Path) -> io::Result<()> {
        let account = self.random.pick(&["111122223333", "444455556666", "777788889999"]);
        let region = self.random.pick(&["us-east-1", "eu-central-1", "ap-southeast-2"]);
        self.now += SignedDuration::from_mins(5);
        let day = folder.join(format!("AWSLogs/{account}/CloudTrail/{region}/{}", self.now.strftime("%Y/%m/%d")));
        fs::create_dir_all(&day)?;
        let stamp = self.now.strftime("%Y%m%dT%H%MZ");
        let name = format!("{account}_CloudTrail_{region}_{stamp}_{:016x}.json.gz", self.random.next());
        let text = self.file_text(account, region);
        let mut encoder = GzEncoder::new(File::create(day.join(name))?, Compression::new(6));
        encoder.write_all(text.as_bytes())?;
        encoder.finish()?;
        self.files += 1;
        self.bytes += text.len() as u64;
        Ok(())
    }

    fn file_text(&mut self, account: &str, region: &str) -> String {
        let mut text = String::from(r#"{"Records":["#);
        for number in 0..RECORDS_PER_FILE {
            if number > 0 {
                text.push(',');
            }
            text.push_str(&self.record(account, region));
            self.records += 1;
        }
        text.push_str("]}");
        text
    }

    fn record(&mut self, account: &str, region: &str) -> String {
        let is_root = self.random.below(ROOT_ONE_IN) == 0;
        let identity = if is_root { root_identity(account, &self.hex(16)) } else { self.identity(account) };
        let (source, name, read, parameters) = self.call();
        let event_time =
            self.now - SignedDuration::from_secs(i64::try_from(self.random.below(300)).unwrap_or_default());
        let agent = self.random.pick(&[
            "aws-cli/2.22.1 md/awscrt#0.23.4 ua/2.0 os/linux#6.1",
            "Boto3/1.35.90 md/Botocore#1.35.90 ua/2.0 lang/python#3.12.8",
            "AWS Internal",
        ]);
        let record = json!({
            "userIdentity": identity,
            "eventTime": event_time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "eventSource": source,
            "eventName": name,
            "awsRegion": region,
            "sourceIPAddress": format!("198.51.100.{}", self.random.below(250)),
            "userAgent": agent,
            "requestParameters": parameters,
            "responseElements": null,
            "requestID": self.id(),
            "eventID": self.id(),
            "readOnly": read,
            "eventType": if self.random.below(1_000) == 0 && !is_root { "AwsServiceEvent" } else { "AwsApiCall" },
            "managementEvent": true,
            "recipientAccountId": account,
            "eventCategory": "Management",
            "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": source},
        });
        self.root_records += u64::from(is_root);
        // CloudTrail writes the version first.
        let text = format!(r#"{{"eventVersion":"1.11",{}"#, record.to_string().get(1..).unwrap_or_default());
        let is_odd = is_root || self.random.below(ODD_ONE_IN) == 0;
        if is_odd { self.respell(&text) } else { text }
    }

    /// Spells a record in another legal way.
    fn respell(&mut self, text: &str) -> String {
        match self.random.below(9) {
            0 => text.replace(r#""Root""#, "\"\\u0052oot\""),
            1 => text.replace(r#""Root""#, "\"R\\u006Fo\\u0074\"").replace(r#""type""#, "\"\\u0074ype\""),
            2 => {
                // The quotes of JSON within strings stay as they are.
                let shielded = text.replace("\\\":", "\u{0}");
                let spaced = shielded.replace("\":", "\" :\n\t").replace(",\"", " ,\r\n\"").replacen('{', "{ ", 1);
                spaced.replace('\u{0}', "\\\":")
            }
            _ => text.to_owned(),
        }
    }

    fn identity(&mut self, account: &str) -> Value {
        // Somebody is always called Root.
        let name = if self.random.below(500) == 0 { "Root" } else { self.random.pick(&["deploy", "RootCause", "ci"]) };
        let principal = format!("AROA{}", self.hex(16));
        json!({
            "type": "AssumedRole",
            "principalId": format!("{principal}:{name}"),
            "arn": format!("arn:aws:sts::{account}:assumed-role/Root/{name}"),
            "accountId": account,
            "accessKeyId": format!("ASIA{}", self.hex(16)),
            "sessionContext": {
                "sessionIssuer": {"type": "Role", "principalId": principal, "arn": format!("arn:aws:iam::{account}:role/Root"), "accountId": account, "userName": name},
                "attributes": {"creationDate": self.now.to_string(), "mfaAuthenticated": "false"}
            }
        })
    }

    fn call(&mut self) -> (&'static str, &'static str, bool, Value) {
        let principal = if self.random.below(20) == 0 { "Root" } else { "arn:aws:iam::111122223333:root" };
        match self.random.below(5) {
            0 => (
                "ec2.amazonaws.com",
                "DescribeInstances",
                true,
                json!({"instancesSet": {"items": [{"instanceId": format!("i-{}", self.hex(17))}]}, "filterSet": {}}),
            ),
            1 => (
                "s3.amazonaws.com",
                "PutBucketPolicy",
                false,
                json!({"bucketName": format!("logs-{}", self.hex(8)), "policy": json!({"Statement": [{"Principal": {"AWS": principal}, "Effect": "Allow"}]}).to_string()}),
            ),
            2 => (
                "kms.amazonaws.com",
                "Decrypt",
                true,
                json!({"encryptionAlgorithm": "SYMMETRIC_DEFAULT", "encryptionContext": {"note": "a < b & c"}, "keyId": self.id()}),
            ),
            3 => (
                "sts.amazonaws.com",
                "AssumeRole",
                true,
                json!({"roleArn": format!("arn:aws:iam::111122223333:role/Root{}", self.hex(4)), "roleSessionName": "ci"}),
            ),
            _ => (
                "dynamodb.amazonaws.com",
                "DescribeTable",
                true,
                json!({"tableName": format!("table-{}", self.hex(6))}),
            ),
        }
    }

    fn id(&mut self) -> String {
        let (high, low) = (self.random.next(), self.random.next());
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xFFFF,
            high & 0xFFFF,
            low >> 48,
            low & 0xFFFF_FFFF_FFFF
        )
    }

    fn hex(&mut self, length: usize) -> String {
        let digits = format!("{:016X}{:016X}", self.random.next(), self.random.next());
        digits.chars().take(length).collect()
    }
}

fn root_identity(account: &str, key: &str) -> Value {
    json!({
        "type": "Root",
        "principalId": account,
        "arn": format!("arn:aws:iam::{account}:root"),
        "accountId": account,
        "accessKeyId": format!("ASIA{key}"),
        "sessionContext": {"attributes": {"creationDate": "2026-01-05T00:00:00Z", "mfaAuthenticated": "true"}}
    })
}

/// Numbers that look random and are always the same: `SplitMix64`.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn pick(&mut self, words: &[&'static str]) -> &'static str {
        let at = self.below(words.len());
        words.get(at).copied().unwrap_or_default()
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap_or_default()
    }
}
