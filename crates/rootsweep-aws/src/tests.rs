//! The crate against servers: the embedded AWS for what works, canned answers for what breaks.

mod athena;
mod broken_answers;
mod canned;
mod connecting;
mod listing;
mod sessions;
mod sinks;
mod sweep;

use std::collections::BTreeMap;
use std::time::Duration;

use aws_credential_types::Credentials;
use fake_aws::FakeAws;
use fake_aws::world::World;
use rootsweep_model::{Account, AccountId};

use crate::options::{Options, Window};
use crate::{Aws, Error, config};

/// Credentials that exist nowhere but in the embedded AWS.
const KEY: (&str, &str) = ("AKIAFAKEAWSCALLER001", "fake-aws-secret-access-key");

fn options(url: &str) -> Options {
    let time = |text: &str| text.parse().unwrap();
    let window = Window { start: time("2026-07-19T03:00:00Z"), end: time("2026-07-20T03:00:00Z") };
    Options {
        endpoint_url: Some(url.to_owned()),
        region: Some("us-east-1".to_owned()),
        call_time_limit: Duration::from_secs(20),
        ..Options::new(window)
    }
}

async fn connect(options: Options) -> Result<Aws, Error> {
    let credentials = Credentials::new(KEY.0, KEY.1, None, None, "test");
    let base = config::load(config::loader(&options).credentials_provider(credentials)).await;
    Box::pin(Aws::connect_with(base, options)).await
}

async fn embedded(world: &str) -> FakeAws {
    FakeAws::start(World::from_yaml(world).unwrap()).await.unwrap()
}

fn id(text: &str) -> AccountId {
    text.parse().unwrap()
}

/// The accounts of the whole listing, by id.
async fn listed(aws: &Aws) -> BTreeMap<AccountId, Account> {
    use futures::TryStreamExt as _;
    let pages: Vec<Vec<Account>> = aws.accounts().try_collect().await.unwrap();
    pages.into_iter().flatten().map(|account| (account.id, account)).collect()
}
