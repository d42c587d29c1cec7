//! The Regions that are looked at.

use aws_sdk_account::types::RegionOptStatus;
use rootsweep_model::Gap;

use crate::calls::LIST_REGIONS;
use crate::connect::Aws;
use crate::gap::missing;
use crate::page::all_pages;
use crate::session::Session;

impl Aws {
    /// Returns the Regions that the run names, or all that the account has enabled; sorted.
    pub(super) async fn enabled_regions(&self, session: &Session) -> Result<Vec<String>, Gap> {
        let mut regions =
            if self.options.regions.is_empty() { enabled(session).await? } else { self.options.regions.clone() };
        regions.sort_unstable();
        regions.dedup();
        Ok(regions)
    }

    /// Returns the Regions in which a root sign-in can be recorded, as far as the run looks at them.
    pub(super) fn sign_in_regions(&self) -> Vec<&'static str> {
        let wanted =
            |region: &&str| self.options.regions.is_empty() || self.options.regions.iter().any(|it| it == region);
        self.partition().sign_in_regions().iter().copied().filter(wanted).collect()
    }
}

async fn enabled(session: &Session) -> Result<Vec<String>, Gap> {
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
    let regions: Vec<String> = listed.into_iter().filter_map(|region| region.region_name).collect();
    if regions.is_empty() { Err(missing(&LIST_REGIONS, "any Region")) } else { Ok(regions) }
}
