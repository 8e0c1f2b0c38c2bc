//! A back door for this project's own program, tests, fuzz targets and benchmarks. It is not part of the API
//! and can change in every version.
//!
//! It lists what they use by name, so that the compiler still finds dead code behind it.
#![allow(missing_docs)]

pub mod check {
    pub use crate::check::{
        Checker, DocumentRules, Profile, RULES, check_document, document, is_uri, keeps_schema,
        layout, normalised, shared_urls,
    };
}
#[cfg(feature = "cli")]
pub mod cli {
    pub use crate::cli::main;
}
pub mod config {
    pub use crate::config::{BaseUrl, Config, EXPORT_IDS, Mirror, Ownership, PackageSettings};
}
pub mod data {
    pub use crate::data::{
        Applied, DateSource, Edit, Edits, Fallback, MirrorState, Spellings, StatusRecord, Tree,
        apply, change_status, digest, entry_folder, hold, read_json, read_origin, read_status,
        read_tombstone, was_interrupted,
    };
}
pub mod diag {
    pub use crate::diag::{
        Code, Diagnostic, Finding, Levels, MAX_ALIKE, Place, Pointer, Report, Severity, Snippet,
        SourceFile, Span,
    };
    pub mod format {
        pub use crate::diag::format::{Format, Style, render, summary};
    }
}
pub mod error {
    pub use crate::error::{Error, ErrorKind, Result};
}
pub mod import {
    pub use crate::import::{
        Batch, Filter, ImportPlan, MirrorRun, PageStore, Present, Progress, Upstream, is_registry,
        plan, present, read_dump, read_text, registry_url, steps,
    };
}
pub mod judge {
    pub use crate::judge::{Judged, Network, VerifyOptions, verify};
}
pub mod model {
    pub use crate::model::{
        PackageOutcome, Registry, Server, ServerName, Status, Timestamp, Version,
    };
    pub mod probe {
        pub use crate::model::probe::{Capability, Grade, ProbeResult, Trouble};
    }
    pub mod query {
        pub use crate::model::query::{
            BadParameter, Given, ListQuery, ListedEntry, PARAMETERS, QueryError, include_deleted,
            page,
        };
    }
}
pub mod package {
    pub use crate::package::{
        Answer, Asker, Doors, Newest, Question, for_each, newest, prove, questions,
    };
}
pub mod pipeline {
    pub use crate::pipeline::{
        BuildOptions, BuildTarget, LoadOptions, Loaded, Observer, Silent, build, check, load,
        verify_by_commit,
    };
}
pub mod probe {
    pub use crate::probe::{CLIENTS, Look, Options, from_json, human, probe, to_json};
}
pub mod proof {
    pub use crate::proof::{
        Action, Algorithm, CanonicalFault, PrivateKey, ProofFile, PublicKey, SignedCommit,
        SshSignature, Statement, Verdict, canonical, content_hash, parse_account_record,
        parse_body, parse_owners, parse_record,
    };
    pub mod change {
        pub use crate::proof::change::is_protected;
    }
    pub mod event {
        pub use crate::proof::event::{Event, GitLabFacts, PullRequest, parse_event, parse_pulls};
    }
}
pub mod render {
    pub mod export {
        pub mod allowlist {
            pub use crate::render::export::allowlist::{AllowRow, AllowRows, entries};
        }
        pub use crate::render::export::{ServerExports, amazon_q_name};
    }
    pub mod install {
        pub use crate::render::install::{
            Clients, Install, InstallContext, LINK_SCHEMES, installs,
        };
    }
    pub mod query {
        pub use crate::render::query::{
            FEWEST_BODIES, IndexedVersion, MOST_BYTES, artifacts, read,
        };
    }
}
pub mod serve {
    pub use crate::serve::{
        Event, Handle, Live, LiveSource, Method, Options, Reading, Request, Server, Watch,
    };
}
pub mod site {
    pub use crate::site::{
        Artifact, Body, Cors, FileDigest, Freshness, HOSTS, Host, Media, Shape, Shortfall, Site,
        SiteParts, UrlPath, host_named, lower, write,
    };
}
pub mod world {
    pub mod clock {
        pub use crate::world::clock::Clock;
    }
    #[cfg(feature = "dns")]
    pub mod dns {
        pub use crate::world::dns::{
            Dns, DnsAnswer, DnsClient, DnsOptions, MAX_ALIASES, Records, ResolverAnswer, Resolvers,
        };
    }
    pub mod git {
        pub use crate::world::git::Git;
    }
    pub mod http {
        pub use crate::world::http::{
            Ask, Exchange, Http, HttpError, PRIVATE, Reply, Request, Response, Secret, Url, Verb,
            shown,
        };
        #[cfg(feature = "http")]
        pub use crate::world::http::{Exchanger, HttpClient, HttpOptions, ProxyChoice, Reach};
    }
    #[cfg(feature = "http")]
    pub mod wellknown {
        pub use crate::world::wellknown::{
            MAX_BODY, WellKnown, WellKnownClient, WellKnownError, WellKnownOptions,
        };
    }
}
