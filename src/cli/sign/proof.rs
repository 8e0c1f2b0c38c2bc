//! `sign entry`, `sign status`, `sign owners`: a statement, its signature, and the proof file.

use crate::cli::args::Global;
use crate::cli::changes::{lock, next_change, write};
use crate::cli::outcome::Outcome;
use crate::cli::talk::Talk;
use crate::data::Edits;
use crate::data::require_folder;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Timestamp;
use crate::pipeline::{Signable, SigningTarget, ToSign, to_sign};
use crate::proof::{Action, ProofFile, PublicKey, Statement, read_signature};
use crate::world::clock::{Clock as _, SystemClock};

use super::keys::domain_text;
use super::store;
use crate::cli::args::sign::HowArgs;

/// What is signed, for whom and when.
struct Job {
    subject: Signable,
    display: String,
    audience: String,
    domain: String,
    issued: Timestamp,
}

impl Job {
    fn statement(&self) -> Result<String> {
        let subject = &self.subject;
        let statement = Statement {
            audience: &self.audience,
            action: subject.action,
            domain: &self.domain,
            name: &subject.name,
            version: &subject.version,
            sha256: &subject.sha256,
            issued: self.issued.as_str(),
        };
        statement.to_text().map_err(|fault| {
            Error::new(ErrorKind::Usage, format!("no statement can be made: {fault}"))
                .help("correct the setting or flag that it comes from")
        })
    }

    /// Returns the command that continues this job.
    fn command(&self) -> String {
        let Signable { action, name, version, .. } = &self.subject;
        match action {
            Action::Publish => format!("mcp-static sign entry {name}@{version}"),
            Action::SetStatus => format!("mcp-static sign status {name}@{version}"),
            Action::SetOwners => format!("mcp-static sign owners {name}"),
        }
    }

    fn proof(&self, key: PublicKey, sig: Vec<u8>) -> ProofFile {
        ProofFile {
            audience: self.audience.clone(),
            action: self.subject.action,
            domain: self.domain.clone(),
            issued: self.issued.clone(),
            key,
            sig,
        }
    }

    /// Whether the existing proof is valid and differs in nothing but its time.
    fn is_done(&self, key: &PublicKey) -> bool {
        let subject = &self.subject;
        subject.present.as_ref().is_some_and(|proof| {
            let same = ProofFile { issued: self.issued.clone(), ..proof.clone() };
            same == self.proof(key.clone(), proof.sig.clone())
                && proof.verify(&subject.name, &subject.version, &subject.sha256).is_ok()
        })
    }
}

/// Signs the target, or prints the statement to sign.
pub(super) fn run(
    global: &Global,
    wanted: SigningTarget<'_>,
    args: &HowArgs,
    talk: &Talk,
) -> Result<Outcome> {
    require_folder(&global.data)?;
    let _held = lock(global, args.dry_run || args.statement_only)?;
    let mut options = global.load_options()?;
    options.revision = None;
    let clock = SystemClock { pinned: options.epoch };
    let (subject, display, audience) = match to_sign(&options, wanted)? {
        ToSign::Refused { report } => {
            talk.report(&report);
            talk.say("nothing was signed");
            return Ok(Outcome::Refused);
        }
        ToSign::Ready { subject, display, audience, report } => {
            if !args.statement_only {
                talk.report(&report);
            }
            (*subject, display, audience)
        }
    };
    let job = Job {
        audience: args.audience.clone().or(audience).ok_or_else(no_audience)?,
        domain: domain(&subject, args.domain.as_deref())?,
        issued: issued(args.issued.as_deref(), clock.now())?,
        subject,
        display,
    };
    let statement = job.statement()?;
    if args.statement_only {
        talk.data(&statement);
        talk.next(&elsewhere(&job));
        return Ok(Outcome::Fine);
    }
    let Some(proof) = sign(&job, &statement, args, talk)? else { return Ok(Outcome::Fine) };
    let mut edits = Edits::new();
    edits.write(job.subject.path.clone(), proof.to_json());
    write(global, &edits, args.dry_run, talk)?;
    if !args.dry_run {
        let Job { domain, display, subject, .. } = &job;
        talk.say(&format!("signed {} for {domain} with {}", subject.file, proof.key));
        talk.next(&next_steps(domain, &proof.key, &subject.file, display));
    } else {
        next_change(global, "", true, talk);
    }
    Ok(Outcome::Fine)
}

/// Returns the proof, made with the attached signature or the key; `None` when it exists already.
fn sign(job: &Job, statement: &str, args: &HowArgs, talk: &Talk) -> Result<Option<ProofFile>> {
    if let (Some(file), Some(key)) = (&args.attach, &args.public_key) {
        let key = store::public(key)?;
        let bytes = store::read(file, "name the file that holds the signature")?;
        let sig = read_signature(&key, statement.as_bytes(), &bytes).map_err(|fault| {
            Error::new(ErrorKind::Usage, fault.to_string()).at(file).help(
                "sign the bytes that --statement-only prints with the same --issued, --domain and --audience, to the last line feed",
            )
        })?;
        return Ok(Some(job.proof(key, sig)));
    }
    let path = match &args.key {
        Some(path) => path.clone(),
        None => store::default_place()?,
    };
    let key = store::private(&path, talk)?;
    if args.issued.is_none() && job.is_done(key.public()) {
        talk.say(&format!("{} is already there and valid", job.display));
        return Ok(None);
    }
    let sig = key.sign(statement.as_bytes()).map_err(|fault| {
        Error::new(ErrorKind::Io, fault.to_string()).at(&path).help(fault.advice())
    })?;
    Ok(Some(job.proof(key.public().clone(), sig)))
}

fn no_audience() -> Error {
    Error::new(ErrorKind::Usage, "the registry has neither an id nor a base URL to sign for")
        .help("set `id` under [registry] in registry.toml, or give --audience")
}

/// Returns the domain that signs: that of the namespace, or one above it.
fn domain(subject: &Signable, wanted: Option<&str>) -> Result<String> {
    let own = &subject.domain;
    let Some(wanted) = wanted else { return Ok(own.clone()) };
    let wanted = domain_text(wanted)?;
    if wanted == *own || own.strip_suffix(&wanted).is_some_and(|rest| rest.ends_with('.')) {
        return Ok(wanted);
    }
    Err(Error::new(ErrorKind::Usage, format!("{wanted} is not a parent domain of {own}"))
        .help(format!("leave out --domain to sign for {own}")))
}

fn issued(wanted: Option<&str>, now: i64) -> Result<Timestamp> {
    let Some(wanted) = wanted else { return Ok(Timestamp::from_unix(now)) };
    let exact = Timestamp::parse(wanted).filter(|t| wanted.len() == 20 && t.is_canonical());
    exact.ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("{wanted:?} is not a valid time of signing"))
            .help(format!("write it like {}", Timestamp::from_unix(now)))
    })
}

/// Returns the next step for the user of an external key.
fn elsewhere(job: &Job) -> String {
    format!(
        "sign exactly these bytes, then run `{} --domain {} --audience '{}' --issued {} --public-key RECORD --attach SIGNATURE`",
        job.command(),
        job.domain,
        job.audience,
        job.issued
    )
}

/// Returns the next step for the publisher.
fn next_steps(domain: &str, key: &PublicKey, file: &str, proof: &str) -> String {
    format!(
        "git add {file} {proof} && git commit, then push a branch and open a pull request; before that, publish `{}` in the DNS of {domain} or at https://{domain}/.well-known/mcp-registry-auth",
        key.record()
    )
}
