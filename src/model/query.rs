//! What a v0.1 list query means, as pure functions.
//!
//! `serve` answers with them; every other way to answer a query must agree. The rules are those of
//! the official registry: <https://registry.modelcontextprotocol.io/docs>. Pages are ordered by name,
//! then version, both by bytes.

use serde::Serialize;

use super::Timestamp;
use crate::text::percent_decode;

/// Default and largest number of entries on a page.
pub const LIMIT: (usize, usize) = (30, 100);

/// The six parameters that make a request a query.
pub const PARAMETERS: [&str; 6] =
    ["cursor", "limit", "search", "updated_since", "version", "include_deleted"];

/// A value quoted back in an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Given {
    /// Text as sent.
    Text(String),
    /// A number that was read but is out of range.
    Number(i64),
}

/// One wrong parameter, as the API's problem document lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BadParameter {
    /// What is wrong.
    pub message: &'static str,
    /// Such as `query.limit`.
    pub location: &'static str,
    /// What was sent.
    pub value: Given,
}

/// Why a query is refused; the fields of the API's problem document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    /// HTTP status.
    pub status: u16,
    /// The document's detail.
    pub detail: &'static str,
    /// Its list of errors, possibly empty.
    pub errors: Vec<BadParameter>,
}

impl QueryError {
    /// A query that holds a NUL character.
    pub fn null_bytes() -> Self {
        Self::plain("Invalid request: query parameters contain null bytes")
    }

    fn plain(detail: &'static str) -> Self {
        Self { status: 400, detail, errors: Vec::new() }
    }

    /// Refuses a query that has wrong parameters.
    fn of(errors: Vec<BadParameter>) -> Result<(), Self> {
        match errors.is_empty() {
            true => Ok(()),
            false => Err(Self { status: 422, detail: "validation failed", errors }),
        }
    }
}

/// Where the next page begins: after this pair. A cursor without a colon has no version and means
/// "names greater than this text".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    name: String,
    version: Option<String>,
}

impl Cursor {
    /// Reads `name:version`. A space in the version part is a `+`, which some clients send raw.
    pub fn parse(text: &str) -> Self {
        let (name, version) = text.split_once(':').map_or((text, None), |(n, v)| (n, Some(v)));
        Self { name: name.to_owned(), version: version.map(|version| version.replace(' ', "+")) }
    }

    /// Whether `row` comes after it in the list.
    pub fn is_before(&self, row: &impl ListedEntry) -> bool {
        match &self.version {
            Some(version) => (row.name(), row.version()) > (self.name.as_str(), version.as_str()),
            None => row.name() > self.name.as_str(),
        }
    }
}

/// A list query, read and valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    /// Most entries on the page, 1 to 100.
    pub limit: usize,
    /// Where the page begins.
    pub cursor: Option<Cursor>,
    /// Part of the name, in lower case.
    pub search: Option<String>,
    /// Only entries updated after this.
    pub updated_since: Option<Timestamp>,
    /// `latest`, or an exact version.
    pub version: Option<String>,
    /// Whether deleted entries are shown.
    pub include_deleted: bool,
}

impl Default for ListQuery {
    fn default() -> Self {
        Self {
            limit: LIMIT.0,
            cursor: None,
            search: None,
            updated_since: None,
            version: None,
            include_deleted: false,
        }
    }
}

impl ListQuery {
    /// Reads a raw query string. `None` when it holds none of the six parameters, which is the same
    /// as no query. An empty value is the same as an absent one; of a parameter given twice the
    /// first counts; all wrong parameters are reported at once.
    pub fn parse(raw: &str) -> Result<Option<Self>, QueryError> {
        let pairs = parse_pairs(raw)?;
        if !pairs.iter().any(|(key, _)| PARAMETERS.contains(&key.as_str())) {
            return Ok(None);
        }
        let get = |key: &str| value(&pairs, key);
        let mut errors = Vec::new();
        let limit = read_limit(get("limit"), &mut errors);
        let include_deleted = read_bool(get("include_deleted"), &mut errors);
        QueryError::of(errors)?;
        let updated_since = get("updated_since").map(|text| {
            Timestamp::parse(text).ok_or_else(|| {
                QueryError::plain(
                    "Invalid updated_since format: expected RFC3339 timestamp (e.g., 2025-08-07T13:15:04.280Z)",
                )
            })
        });
        let updated_since = updated_since.transpose()?;
        if updated_since.is_some() && include_deleted == Some(false) {
            return Err(QueryError::plain(
                "Cannot set include_deleted=false when using updated_since (incremental sync requires deleted servers)",
            ));
        }
        Ok(Some(Self {
            limit,
            cursor: get("cursor").map(Cursor::parse),
            search: get("search").map(str::to_lowercase),
            include_deleted: include_deleted.unwrap_or(updated_since.is_some()),
            updated_since,
            version: get("version").map(str::to_owned),
        }))
    }

    /// Whether entries of the server `name` can be on the page, as far as the name tells.
    pub fn can_list(&self, name: &str) -> bool {
        self.cursor.as_ref().is_none_or(|cursor| name >= cursor.name.as_str())
            && self.search.as_deref().is_none_or(|part| contains_ignoring_case(name, part))
    }

    fn selects(&self, row: &impl ListedEntry) -> bool {
        (self.include_deleted || !row.is_deleted())
            && self.version.as_deref().is_none_or(|version| match version {
                "latest" => row.is_latest(),
                exact => row.version() == exact,
            })
            && self.updated_since.as_ref().is_none_or(|since| row.updated() > since)
            && self.search.as_deref().is_none_or(|part| contains_ignoring_case(row.name(), part))
    }
}

/// Reads the `include_deleted` of a query string of the versions endpoints.
pub fn include_deleted(raw: &str) -> Result<bool, QueryError> {
    let mut errors = Vec::new();
    let given = read_bool(value(&parse_pairs(raw)?, "include_deleted"), &mut errors);
    QueryError::of(errors)?;
    Ok(given.unwrap_or(false))
}

/// What a list shows of an entry.
pub trait ListedEntry {
    /// Server name.
    fn name(&self) -> &str;
    /// Version text.
    fn version(&self) -> &str;
    /// Time of the last change.
    fn updated(&self) -> &Timestamp;
    /// Whether it is deleted.
    fn is_deleted(&self) -> bool;
    /// Whether it carries `isLatest`.
    fn is_latest(&self) -> bool;
}

/// One page of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Positions in the rows that were asked.
    pub rows: Vec<usize>,
    /// Present whenever the page is full, even if nothing follows.
    pub next_cursor: Option<String>,
}

/// The page of `rows` (ordered by name, then version) that `query` asks for.
pub fn page<R: ListedEntry>(rows: &[R], query: &ListQuery) -> Page {
    let after = |cursor: &Cursor| rows.partition_point(|row| !cursor.is_before(row));
    let start = query.cursor.as_ref().map_or(0, after);
    page_among(|i| &rows[i], start..rows.len(), query)
}

/// As [`page`], when an index knows which rows can be on it: `candidates` are positions behind the
/// cursor, in order, and at least those that `query` selects.
pub fn page_among<'a, R: ListedEntry + 'a>(
    row: impl Fn(usize) -> &'a R,
    candidates: impl Iterator<Item = usize>,
    query: &ListQuery,
) -> Page {
    let found: Vec<usize> =
        candidates.filter(|i| query.selects(row(*i))).take(query.limit).collect();
    let next_cursor = found
        .last()
        .filter(|_| found.len() == query.limit)
        .map(|last| format!("{}:{}", row(*last).name(), row(*last).version()));
    Page { rows: found, next_cursor }
}

fn read_limit(value: Option<&str>, errors: &mut Vec<BadParameter>) -> usize {
    let Some(text) = value else { return LIMIT.0 };
    let (message, value) = match text.parse::<i64>() {
        Err(_) => ("invalid integer", Given::Text(text.into())),
        Ok(n) if n < 1 => ("expected number >= 1", Given::Number(n)),
        Ok(n) => match usize::try_from(n) {
            Ok(limit) if limit <= LIMIT.1 => return limit,
            _ => ("expected number <= 100", Given::Number(n)),
        },
    };
    errors.push(BadParameter { message, location: "query.limit", value });
    LIMIT.0
}

fn read_bool(value: Option<&str>, errors: &mut Vec<BadParameter>) -> Option<bool> {
    match value? {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        other => {
            let (message, location) = ("invalid boolean", "query.include_deleted");
            errors.push(BadParameter { message, location, value: Given::Text(other.into()) });
            None
        }
    }
}

/// Splits a query string as web forms do; a pair with a broken escape is left out. A NUL is refused
/// anywhere, even in a pair that is not used.
fn parse_pairs(raw: &str) -> Result<Vec<(String, String)>, QueryError> {
    if raw.contains('\0') || raw.contains("%00") {
        return Err(QueryError::null_bytes());
    }
    let pairs = raw.split('&').filter(|pair| !pair.is_empty()).filter_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        Some((percent_decode(key, true)?, percent_decode(value, true)?))
    });
    Ok(pairs.collect())
}

/// Returns the first value of `key`, unless it is empty.
fn value<'a>(pairs: &'a [(String, String)], key: &str) -> Option<&'a str> {
    let (_, value) = pairs.iter().find(|(known, _)| known == key)?;
    Some(value.as_str()).filter(|value| !value.is_empty())
}

/// Whether `name` (ASCII) holds `part`, which is in lower case.
fn contains_ignoring_case(name: &str, part: &str) -> bool {
    let (name, part) = (name.as_bytes(), part.as_bytes());
    part.is_empty() || name.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
}
