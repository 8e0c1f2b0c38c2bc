//! `show_server`.

use serde_json::{Value, json};

use crate::model::query::ListedEntry as _;

use super::super::Live;
use super::call::{Arguments, subject};

pub(super) fn call(live: &Live, arguments: &Arguments) -> Result<Value, String> {
    let (server, version) = subject(live, arguments)?;
    let unreadable = || format!("{} {version} cannot be read", server.name());
    let (row, _) = server.version(&version).ok_or_else(unreadable)?;
    let entry: Value = serde_json::from_slice(row.body()).map_err(|_| unreadable())?;
    let versions: Vec<&str> = server.shown(false).map(|row| row.version()).collect();
    Ok(json!({ "entry": entry, "versions": versions, "page": live.page(server.name()) }))
}
