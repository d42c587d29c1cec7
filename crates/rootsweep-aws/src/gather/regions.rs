//! The Regions that an account has enabled, and which of them are looked at: a fact, and a choice of the run.

use std::collections::BTreeSet;

use aws_sdk_account::types::{Region, RegionOptStatus};
use rootsweep_model::Gap;

use crate::calls::LIST_REGIONS;
use crate::connect::Aws;
use crate::gap::missing;
use crate::page::all_pages;
use crate::session::Session;

impl Aws {
    /// Returns those of the account's enabled Regions that the run looks at; where it is not known which are enabled, the
    /// Regions that the run names.
    pub(super) fn asked_regions<'a>(&'a self, enabled: Result<&'a [String], &Gap>) -> Vec<&'a str> {
        let regions = enabled.unwrap_or(&self.options.regions);
        regions.iter().map(String::as_str).filter(|region| self.is_asked(region)).collect()
    }

    /// Returns the Regions in which a root sign-in can be recorded, as far as the run looks at them.
    pub(super) fn sign_in_regions(&self) -> Vec<&'static str> {
        self.partition().sign_in_regions().iter().copied().filter(|region| self.is_asked(region)).collect()
    }

    fn is_asked(&self, region: &str) -> bool {
        self.options.regions.is_empty() || self.options.regions.iter().any(|it| it == region)
    }
}

/// Reads the Regions that the account has enabled, sorted. Whatever the run looks at, root activity can happen in all of
/// them.
pub(super) async fn enabled_regions(session: &Session) -> Result<Vec<String>, Gap> {
    let client = &session.account(session.region());
    let listed = all_pages(LIST_REGIONS, |token| async move {
        let send = || {
            client
                .list_regions()
                .max_results(50)
                .region_opt_status_contains(RegionOptStatus::Enabled)
                .region_opt_status_contains(RegionOptStatus::EnabledByDefault)
                .set_next_token(token.clone())
                .send()
        };
        let answer = session.call(LIST_REGIONS, None, send).await?;
        Ok((answer.regions.ok_or_else(|| missing(&LIST_REGIONS, "Regions"))?, answer.next_token))
    })
    .await?;
    let name = |region: Region| region.region_name.ok_or_else(|| missing(&LIST_REGIONS, "RegionName"));
    let regions: BTreeSet<String> = listed.into_iter().map(name).collect::<Result<_, Gap>>()?;
    if regions.is_empty() { Err(missing(&LIST_REGIONS, "any Region")) } else { Ok(regions.into_iter().collect()) }
}
