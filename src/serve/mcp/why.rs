//! `why_not_listed`.

use serde_json::{Value, json};

use crate::model::query::ListedEntry as _;

use crate::text::shorten;

use super::super::Live;
use super::call::{Arguments, unknown};

pub(super) fn call(live: &Live, arguments: &Arguments) -> Result<Value, String> {
    let name = arguments.text("name").unwrap_or_default();
    let version = arguments.text("version");
    let wanted = |text: &str| version.is_none_or(|version| version == text);
    let server = live.server(name);
    let rows =
        || server.into_iter().flat_map(|it| it.shown(true)).filter(|row| wanted(row.version()));
    let listed: Vec<&str> =
        rows().filter(|row| !row.is_deleted()).map(|row| row.version()).collect();
    let withdrawn: Vec<Value> = rows()
        .filter(|row| row.is_deleted())
        .map(|row| {
            let entry: Value = serde_json::from_slice(row.body()).unwrap_or_default();
            let official = &entry["_meta"]["io.modelcontextprotocol.registry/official"];
            json!({ "version": row.version(), "message": official["statusMessage"], "at": official["statusChangedAt"] })
        })
        .collect();
    let denied: Vec<Value> = live
        .left_out()
        .filter(|(it, _)| it.name == name && wanted(&it.version))
        .map(|(it, reason)| json!({ "version": it.version, "rule": it.rule, "reason": reason }))
        .collect();
    let page = live.base_url().filter(|_| live.has_policy()).map(|base| format!("{base}/policy/"));
    let known = !listed.is_empty() || !withdrawn.is_empty() || !denied.is_empty();
    let answer = match (known, listed.is_empty()) {
        (true, false) => "It is listed.".to_owned(),
        (true, true) => {
            "It is known to this registry and not listed: see withdrawn and leftOutByPolicy."
                .to_owned()
        }
        (false, _) if server.is_some() => {
            format!(
                "{name} is listed, but nobody published its version {:?} here.",
                shorten(version.unwrap_or_default())
            )
        }
        (false, _) => format!("{}. Nobody published it here.", unknown(live, name)),
    };
    Ok(json!({
        "answer": answer,
        "listed": listed,
        "withdrawn": withdrawn,
        "leftOutByPolicy": denied,
        "policy": page,
    }))
}
