//! Keeping a report in a bucket, encrypted by a key of AWS KMS.

use aws_config::Region;
use aws_sdk_s3::types::ServerSideEncryption;
use rootsweep_model::Gap;

use crate::calls::PUT_OBJECT;
use crate::connect::Aws;
use crate::gap::gap_of;

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
    /// What is kept.
    pub body: Vec<u8>,
}

impl Aws {
    /// Puts a report into a bucket.
    pub async fn upload(&self, upload: Upload) -> Result<(), Gap> {
        let mut config = aws_sdk_s3::config::Builder::from(&self.home);
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
            .body(upload.body.into());
        let region = upload.region.as_deref();
        request.send().await.map(drop).map_err(|error| gap_of(&PUT_OBJECT, region, &error))
    }
}
