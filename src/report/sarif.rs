//! Findings as SARIF 2.1.0, which code hosts keep and compare from run to run.

use serde_json::{Value, json};

use super::{Place, Sources};
use crate::rules::{Finding, RULES, Severity};
use crate::show::in_address;

/// Where SARIF 2.1.0's schema is published.
pub const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Findings as one SARIF log.
pub fn value(findings: &[Finding], sources: &Sources<'_>) -> Value {
    let rules: Vec<Value> = RULES
        .iter()
        .map(|rule| {
            json!({
                "id": rule.id,
                "helpUri": rule.page(),
                "shortDescription": { "text": rule.summary },
                "fullDescription": { "text": rule.why },
                "help": { "text": format!("Bad:\n{}\n\nGood:\n{}\n\nSource: {}", rule.bad, rule.good, rule.source) },
                "defaultConfiguration": { "level": level(rule.severity) },
            })
        })
        .collect();
    let results: Vec<Value> = findings.iter().map(|finding| result(finding, sources)).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "onair",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn result(finding: &Finding, sources: &Sources<'_>) -> Value {
    let mut text = finding.message.clone();
    for (word, said) in [("Expected", &finding.expected), ("Help", &finding.help)] {
        if let Some(said) = said {
            text.push_str(&format!(". {word}: {said}"));
        }
    }
    let mut physical = json!({ "artifactLocation": { "uri": in_address(&sources.in_repository(&finding.path)), "uriBaseId": "%SRCROOT%" } });
    if let Some(region) = region(finding, sources) {
        physical["region"] = region;
    }
    let mut result = json!({
        "ruleId": finding.rule.id,
        "level": level(finding.severity),
        "message": { "text": text },
        "locations": [{ "physicalLocation": physical }],
    });
    if let Some(at) = RULES.iter().position(|rule| *rule == finding.rule) {
        result["ruleIndex"] = json!(at);
    }
    let fixed = finding.fix.as_ref();
    let fixed = fixed.and_then(|fix| Some((fix, sources.place_of(&finding.path, &fix.edit.span)?)));
    if let Some((fix, Place { start, end })) = fixed {
        result["fixes"] = json!([{
            "description": { "text": finding.help.as_deref().unwrap_or("fix it") },
            "artifactChanges": [{
                "artifactLocation": { "uri": in_address(&sources.in_repository(&finding.path)), "uriBaseId": "%SRCROOT%" },
                "replacements": [{
                    "deletedRegion": { "startLine": start.0, "startColumn": start.1, "endLine": end.0, "endColumn": end.1 },
                    "insertedContent": { "text": fix.edit.replacement },
                }],
            }],
        }]);
    }
    result
}

fn region(finding: &Finding, sources: &Sources<'_>) -> Option<Value> {
    let place = sources.place(finding)?;
    Some(json!({
        "startLine": place.start.0, "startColumn": place.start.1,
        "endLine": place.end.0, "endColumn": place.end.1,
    }))
}
