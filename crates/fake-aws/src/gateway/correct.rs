//! What LocalStack answers otherwise than AWS.

use axum::body::Bytes;
use url::form_urlencoded;

use super::Gateway;
use crate::call::Service;
use crate::world::AccountId;

/// Hides the ARN of pending subscriptions: AWS lists them as `PendingConfirmation`, LocalStack with their ARN.
pub(super) async fn pending_subscriptions(gateway: &Gateway, account: AccountId, region: &str, body: Bytes) -> Bytes {
    let Ok(mut xml) = String::from_utf8(body.to_vec()) else { return body };
    for arn in subscription_arns(&xml) {
        if is_pending(gateway, account, region, &arn).await {
            xml = xml.replace(&format!("<SubscriptionArn>{arn}<"), "<SubscriptionArn>PendingConfirmation<");
        }
    }
    Bytes::from(xml)
}

fn subscription_arns(xml: &str) -> Vec<String> {
    let parts = xml.split("<SubscriptionArn>").skip(1);
    parts.filter_map(|part| part.split('<').next()).filter(|arn| arn.starts_with("arn:")).map(str::to_owned).collect()
}

async fn is_pending(gateway: &Gateway, account: AccountId, region: &str, arn: &str) -> bool {
    let pairs = [("Action", "GetSubscriptionAttributes"), ("SubscriptionArn", arn)];
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let request = gateway.http.post(&gateway.upstream).header("content-type", "application/x-www-form-urlencoded");
    let answer = gateway.call(account, Service::Sns, region, request.body(form)).await;
    answer.is_ok_and(|xml| xml.contains("<key>PendingConfirmation</key><value>true</value>"))
}
