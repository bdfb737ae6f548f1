//! The least that a host must be allowed to do, as an IAM policy.

use serde::Serialize;
use serde_json::{Value, json};

use super::operation::Operation;
use super::target::S3Location;

/// The actions on objects that a release, a rollback and a prune need.
const ON_OBJECTS: [Operation; 5] =
    [Operation::Read, Operation::Write, Operation::Delete, Operation::Abort, Operation::ListParts];

/// The IAM policy that lets somebody publish to `location` and nothing else, as JSON; with the right
/// to invalidate a CloudFront distribution where `distribution` is its ARN or id.
///
/// Source: IAM user guide, "IAM JSON policy reference"; Service Authorization Reference, "Amazon S3".
pub fn policy(location: &S3Location, distribution: Option<&str>) -> String {
    let bucket = format!("arn:aws:s3:::{}", location.bucket());
    let actions = |operations: &[Operation]| -> Vec<&'static str> {
        operations.iter().map(|operation| operation.action()).collect()
    };
    let only_below = || json!({ "StringLike": { "s3:prefix": location.in_bucket("*") } });
    let mut statement = vec![
        Statement {
            sid: "ListTheShow",
            effect: "Allow",
            action: actions(&[Operation::List, Operation::ListUploads]),
            resource: bucket.clone(),
            condition: Some(only_below()).filter(|_| !location.prefix().is_empty()),
        },
        Statement {
            sid: "PublishTheShow",
            effect: "Allow",
            action: actions(&ON_OBJECTS),
            resource: format!("{bucket}/{}", location.in_bucket("*")),
            condition: None,
        },
    ];
    statement.extend(distribution.map(|distribution| Statement {
        sid: "RefreshTheCache",
        effect: "Allow",
        action: vec!["cloudfront:CreateInvalidation"],
        resource: match distribution.starts_with("arn:") {
            true => distribution.to_owned(),
            false => format!("arn:aws:cloudfront::*:distribution/{distribution}"),
        },
        condition: None,
    }));
    // Text, lists and maps with text for keys: none of it can fail to be JSON.
    serde_json::to_string_pretty(&Policy { version: "2012-10-17", statement }).unwrap_or_default()
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    version: &'static str,
    statement: Vec<Statement>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    sid: &'static str,
    effect: &'static str,
    action: Vec<&'static str>,
    resource: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_names_the_prefix_and_nothing_beyond() {
        let location = "s3://my-show/pod".parse().unwrap();
        insta::assert_snapshot!(policy(&location, Some("E123EXAMPLE")));
    }

    #[test]
    fn a_whole_bucket_needs_no_condition() {
        let location = "s3://my-show".parse().unwrap();
        insta::assert_snapshot!(policy(&location, None));
    }
}
