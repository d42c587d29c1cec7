//! The tree of organizational units: asked once per unit, never per account.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use rootsweep_model::{AccountId, Gap};
use tokio::sync::OnceCell;

use crate::calls::{LIST_ACCOUNTS_FOR_PARENT, LIST_ORGANIZATIONAL_UNITS, LIST_ROOTS};
use crate::gap::missing;
use crate::page::all_pages;
use crate::session::Session;

/// How many units are asked at the same time; Organizations allows few calls a second.
const CONCURRENCY: usize = 4;

/// The most units whose accounts are listed unasked, where `ListAccounts` does not tell an account's place.
const FEW_UNITS: usize = 20;

/// What is known of the units; each part is read when it is first needed.
#[derive(Default)]
pub(crate) struct Units {
    tree: OnceCell<Result<Tree, Gap>>,
    places: OnceCell<Result<BTreeMap<AccountId, String>, Gap>>,
}

/// The roots and organizational units, by id.
#[derive(Debug, Default)]
pub(crate) struct Tree(BTreeMap<String, Unit>);

#[derive(Debug)]
struct Unit {
    name: String,
    parent: Option<String>,
}

impl Units {
    pub(crate) async fn tree(&self, caller: &Session) -> Result<&Tree, &Gap> {
        self.tree.get_or_init(|| walk(caller)).await.as_ref()
    }

    /// Returns the unit that each account is in, read unit by unit; only for endpoints whose `ListAccounts` does not tell,
    /// and only where the units are few or the places are needed.
    pub(crate) async fn places(&self, caller: &Session, needed: bool) -> Option<&BTreeMap<AccountId, String>> {
        let tree = self.tree(caller).await.ok()?;
        if !needed && tree.0.len() > FEW_UNITS {
            return None;
        }
        self.places.get_or_init(|| read_places(caller, tree)).await.as_ref().ok()
    }
}

impl Tree {
    /// Returns the ids from the root down to a unit.
    pub(crate) fn ids_down_to(&self, unit: &str) -> Vec<String> {
        let mut ids = Vec::new();
        let mut next = Some(unit);
        while let Some(id) = next.filter(|id| !ids.iter().any(|it| it == id)) {
            ids.push(id.to_owned());
            next = self.0.get(id).and_then(|unit| unit.parent.as_deref());
        }
        ids.reverse();
        ids
    }

    /// Returns the names on the way down, `Root/Workloads/Prod`; `None` where one of them is not known.
    pub(crate) fn path(&self, ids: &[String]) -> Option<String> {
        let names: Option<Vec<&str>> = ids.iter().map(|id| self.0.get(id).map(|unit| unit.name.as_str())).collect();
        names.filter(|names| !names.is_empty()).map(|names| names.join("/"))
    }
}

async fn walk(caller: &Session) -> Result<Tree, Gap> {
    let mut level = roots(caller).await?;
    let mut tree = BTreeMap::new();
    while !level.is_empty() {
        let known: BTreeSet<String> = tree.keys().cloned().collect();
        // An endpoint that names an ancestor as a child must not send the walk in circles.
        level.retain(|(id, _)| !known.contains(id));
        let parents: Vec<String> = level.iter().map(|(id, _)| id.clone()).collect();
        tree.extend(level);
        let children = stream::iter(parents).map(|parent| children(caller, parent)).buffered(CONCURRENCY);
        level = children.try_concat().await?;
    }
    Ok(Tree(tree))
}

type Level = Vec<(String, Unit)>;

async fn roots(caller: &Session) -> Result<Level, Gap> {
    let client = &caller.organizations(caller.region());
    let roots = all_pages(LIST_ROOTS, |token| async move {
        let send = || client.list_roots().set_next_token(token.clone()).send();
        let answer = caller.call(LIST_ROOTS, None, send).await?;
        Ok((answer.roots.ok_or_else(|| missing(&LIST_ROOTS, "Roots"))?, answer.next_token))
    })
    .await?;
    Ok(roots.into_iter().filter_map(|root| Some((root.id?, Unit { name: root.name?, parent: None }))).collect())
}

async fn children(caller: &Session, parent: String) -> Result<Level, Gap> {
    let client = &caller.organizations(caller.region());
    let parent = &parent;
    let units = all_pages(LIST_ORGANIZATIONAL_UNITS, |token| async move {
        let request = || client.list_organizational_units_for_parent().parent_id(parent).set_next_token(token.clone());
        let answer = caller.call(LIST_ORGANIZATIONAL_UNITS, None, || request().send()).await?;
        let units = answer.organizational_units;
        Ok((units.ok_or_else(|| missing(&LIST_ORGANIZATIONAL_UNITS, "OrganizationalUnits"))?, answer.next_token))
    })
    .await?;
    let below = |name| Unit { name, parent: Some(parent.clone()) };
    Ok(units.into_iter().filter_map(|unit| Some((unit.id?, below(unit.name?)))).collect())
}

async fn read_places(caller: &Session, tree: &Tree) -> Result<BTreeMap<AccountId, String>, Gap> {
    let units: Vec<String> = tree.0.keys().cloned().collect();
    let places = stream::iter(units).map(|unit| accounts_of(caller, unit)).buffered(CONCURRENCY);
    Ok(places.try_concat().await?.into_iter().collect())
}

async fn accounts_of(caller: &Session, parent: String) -> Result<Vec<(AccountId, String)>, Gap> {
    let client = &caller.organizations(caller.region());
    let parent = &parent;
    let accounts = all_pages(LIST_ACCOUNTS_FOR_PARENT, |token| async move {
        let request = || client.list_accounts_for_parent().parent_id(parent).set_next_token(token.clone());
        let answer = caller.call(LIST_ACCOUNTS_FOR_PARENT, None, || request().send()).await?;
        Ok((answer.accounts.ok_or_else(|| missing(&LIST_ACCOUNTS_FOR_PARENT, "Accounts"))?, answer.next_token))
    })
    .await?;
    let ids = accounts.iter().filter_map(|account| account.id.as_deref()?.parse().ok());
    Ok(ids.map(|id| (id, parent.clone())).collect())
}
