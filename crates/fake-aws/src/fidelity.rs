//! Who answers each call, and how the answer differs from AWS's: written from the tables that decide it.

use std::fmt::Write as _;

use crate::call::Service;
use crate::gateway::{LOCALSTACK_DIFFERS, Route, Rule, rules_of};
use crate::service::{Operation, operations};

const INTRODUCTION: &str = "\
# Fidelity

Who answers each call, and how the answer differs from AWS's. This page is written from the tables by which the fake AWS routes.

*embedded* is the fake AWS alone: the World answers what is modelled, and everything else gets 501, a call as well as a parameter that
would change its answer. *In front of LocalStack* the fake AWS is a gateway: the World answers what LocalStack's community edition
lacks or gets wrong, *both* means that the World answers once LocalStack has done the same, and the rest is forwarded with the caller's
account.

On both, signatures, permissions and faults hold for every call, forwarded ones too; error codes, page sizes and tokens are AWS's. Nothing is
throttled unless a fault or the World says so, tags are not kept, and what AWS makes consistent after a while is consistent at once. On the
embedded backend nothing moves but by the scenario's clock.
";

/// Writes the page.
pub fn markdown() -> String {
    let mut page = INTRODUCTION.to_owned();
    for service in Service::ALL {
        let name = service.name();
        _ = write!(
            page,
            "\n## {name}\n\n| call | embedded | in front of LocalStack | differs from AWS |\n|---|---|---|---|\n"
        );
        for operation in operations(service) {
            let gateway = in_front(service, operation.name);
            _ = writeln!(
                page,
                "| `{name}:{}` | World | {gateway} | {} |",
                operation.name,
                differences(service, operation)
            );
        }
        _ = writeln!(page, "| any other | 501 | {} | |", in_front_of_unmodelled(service));
    }
    page + "\n## Any other service\n\nThe embedded AWS answers 501. In front of LocalStack, LocalStack answers.\n"
}

fn in_front(service: Service, operation: &str) -> String {
    let rules: Vec<&Rule> = rules_of(service, operation).collect();
    let rest = rules.iter().all(|rule| rule.condition.is_some()).then(|| "LocalStack".to_owned());
    rules.into_iter().map(decided).chain(rest).collect::<Vec<_>>().join("; else ")
}

fn decided(rule: &Rule) -> String {
    let who = match rule.route {
        Route::Own => "World",
        Route::Both => "both",
        Route::Upstream => "LocalStack",
    };
    let condition = rule.condition.as_ref().map(|it| format!(" {}", it.words)).unwrap_or_default();
    let why = if rule.why.is_empty() { String::new() } else { format!(": {}", rule.why) };
    format!("{who}{condition}{why}")
}

/// What is not modelled gets 501 wherever the World would have to answer it.
fn in_front_of_unmodelled(service: Service) -> &'static str {
    let own = rules_of(service, "AnyOther").any(|rule| rule.condition.is_none() && rule.route != Route::Upstream);
    if own { "501" } else { "LocalStack" }
}

fn differences(service: Service, operation: &Operation) -> String {
    let refused = operation.refuses.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let refused = if refused.is_empty() { refused } else { format!("501 to {refused}") };
    let of_world = [refused.as_str(), operation.differs].into_iter().filter(|it| !it.is_empty());
    let of_world = of_world.collect::<Vec<_>>().join("; ");
    let of_localstack = LOCALSTACK_DIFFERS.iter().filter(|(of, name, _)| (*of, *name) == (service, operation.name));
    let of_localstack: Vec<&str> = of_localstack.map(|(_, _, differs)| *differs).collect();
    let both = [("World", of_world), ("LocalStack", of_localstack.join("; "))];
    let both = both.into_iter().filter(|(_, differs)| !differs.is_empty());
    both.map(|(who, differs)| format!("{who}: {differs}")).collect::<Vec<_>>().join(". ")
}
