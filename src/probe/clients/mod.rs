//! What a client is, as far as a registry can notice: what it sends, what it follows, how it reads.
//!
//! The facts about every client are in one table ([`CLIENTS`]); the rest of this module tree is
//! general. Each fact names its source: **ran** (the published client was run against a
//! recording server), **code** (its public source was read), **docs** (its vendor says so),
//! **issue** (a public report), **assumed** (no source was found).

mod table;

pub use table::CLIENTS;

use super::readers::Reader;
use crate::model::probe::Grade;

/// A client of v0.1 registries.
#[derive(Debug)]
pub struct Client {
    /// The word of settings and `--client`.
    pub id: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// What it sends besides `Host`. A client without a known `User-Agent` is sent with ours.
    pub headers: &'static [(&'static str, &'static str)],
    /// The origin of a renderer, which obeys CORS; `None` for programs that do not.
    pub origin: Option<&'static str>,
    /// Whether it asks https only.
    pub https_only: bool,
    /// Redirects that it follows; 0 when it refuses them.
    pub redirects: usize,
    /// Its first contact.
    pub hello: Hello,
    /// Path and query of its list request, below the base URL.
    pub list: &'static str,
    /// Its search, if it has one.
    pub search: Option<Search>,
    /// What it does with `nextCursor`.
    pub paging: Paging,
    /// Which single documents it asks for.
    pub lookups: Lookups,
    /// How it reads bodies.
    pub reader: Reader,
    /// Most bytes that it takes of a list, when there is a limit of its own, and what a larger one
    /// means to it.
    pub max_list: Option<(usize, Grade)>,
    /// What it makes of an answer other than 404 for an unknown server.
    pub unknown: Unknown,
    /// Whether it lets a policy allow the registry's servers only.
    pub enforces: bool,
}

/// A client's first contact with a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hello {
    /// It begins with the list.
    List,
    /// It asks for these in order, and the first 2xx decides the API's version; bodies are not read.
    Detect(&'static [&'static str]),
    /// It asks for this, and wants a JSON type, `servers` and `metadata`, within five seconds.
    Typed(&'static str),
    /// It asks for the OpenAPI document and looks for two facts in it.
    Openapi(&'static str),
    /// It asks for these, and wants a 2xx from each.
    Health(&'static [&'static str]),
}

/// How a text is written into a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// `%20` for a space, everything reserved encoded.
    Percent,
    /// As forms do: `+` for a space.
    Form,
    /// As it is, but for what a request line cannot hold.
    Raw,
}

/// A client's search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Search {
    /// Path and query up to the text.
    pub before: &'static str,
    /// What follows the text.
    pub after: &'static str,
    /// How the text is spelled.
    pub spelling: Spelling,
    /// How well the client takes the whole list for an answer.
    pub superset: Grade,
}

/// What a client does with `nextCursor`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paging {
    /// It reads one page.
    Never,
    /// It asks on as long as there is a cursor, spelled so.
    Follows(Spelling),
}

/// Which single documents a client asks for, and how it spells their paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lookups {
    /// The path of the API below the base URL.
    pub api: &'static str,
    /// `…/versions/latest`.
    pub latest: bool,
    /// `…/versions/{version}`.
    pub version: bool,
    /// `…/versions`.
    pub versions: bool,
    /// The slash of a name; more than one only for the row of other spellings.
    pub slash: &'static [&'static str],
    /// The plus of a version; empty when the client cannot ask for one.
    pub plus: &'static [&'static str],
}

/// What a client makes of an answer for an unknown server that is neither 404 nor 2xx.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// It blocks every server that is not built in.
    BlocksAll,
    /// Any 4xx is "not there"; anything else is unknown and blocks the server.
    AnyFour,
    /// It tells of an error.
    Error,
}

impl Client {
    /// Returns the client called `id`.
    pub fn parse(id: &str) -> Option<&'static Self> {
        CLIENTS.iter().find(|client| client.id == id)
    }

    /// Whether it shows the rows of the list to a person. Programs that copy a registry page through
    /// everything and ask for every version.
    pub(super) fn shows_rows(&self) -> bool {
        self.list.contains("version=latest") || self.paging == Paging::Never
    }
}
