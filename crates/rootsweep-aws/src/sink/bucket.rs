//! Keeping a report in a bucket, encrypted by a key of AWS KMS.

use std::path::PathBuf;
use std::time::Duration;

use aws_config::Region;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::ServerSideEncryption;
use rootsweep_model::Gap;

use crate::calls::{PUT_OBJECT, Principal};
use crate::config::timeouts;
use crate::connect::Aws;
use crate::gap::{gap_of, unreadable};

/// The bytes a second that an upload gets beyond the time limit of a call: 2 Mbit/s, which any path to AWS has.
const SLOWEST: u64 = 250_000;

/// What is kept, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Upload {
    /// The bucket.
    pub bucket: String,
    /// The Region of the bucket; the run's own where absent.
    pub region: Option<String>,
    /// The object's key.
    pub key: String,
    /// The object's content type.
    pub content_type: String,
    /// The key that encrypts it, by id or ARN; the account's own key for S3 where absent.
    pub kms_key_id: Option<String>,
    /// The file that holds what is kept.
    pub file: PathBuf,
}

impl Aws {
    /// Puts a report into a bucket.
    pub async fn upload(&self, upload: Upload) -> Result<(), Gap> {
        let body = ByteStream::from_path(&upload.file).await.map_err(|error| unreadable(&PUT_OBJECT, &error))?;
        let size = body.size_hint().1.unwrap_or_default();
        let limit = self.options.call_time_limit + Duration::from_secs(size / SLOWEST);
        let mut config = aws_sdk_s3::config::Builder::from(&self.home).timeout_config(timeouts(limit));
        if let Some(region) = &upload.region {
            config = config.region(Region::new(region.clone()));
        }
        // Buckets are names of hosts at AWS alone; at an endpoint of its own they are part of the path.
        let own_endpoint = self.home.endpoint_url().is_some();
        let client = aws_sdk_s3::Client::from_conf(config.force_path_style(own_endpoint).build());
        let request = client
            .put_object()
            .bucket(upload.bucket)
            .key(upload.key)
            .content_type(upload.content_type)
            .server_side_encryption(ServerSideEncryption::AwsKms)
            .set_ssekms_key_id(upload.kms_key_id)
            .body(body);
        let region = upload.region.as_deref();
        request.send().await.map(drop).map_err(|error| gap_of(&PUT_OBJECT, Principal::Sink, region, &error))
    }
}
