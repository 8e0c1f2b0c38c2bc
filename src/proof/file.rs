//! The proof file: a signed statement beside the file that it is about.
//!
//! It holds only what a verifier cannot take from elsewhere. Name, version and content hash are those of the
//! file under check, so a proof that is moved to another entry has a wrong signature.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::data::{Document, read_json};
use crate::diag::{Code, Diagnostic, Finding, Place, Pointer, SourceFile, nearest};
use crate::model::Timestamp;

use super::key::{Algorithm, PublicKey, SignatureFault};
use super::statement::{Action, Statement, issued};

/// The keys of a proof file, in the order in which they are written.
const KEYS: [&str; 8] = ["v", "audience", "action", "domain", "issued", "alg", "key", "sig"];

/// A proof file of version 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofFile {
    /// The registry that it is for: its `[registry] id`, else its base URL.
    pub audience: String,
    /// What the signer asks for.
    pub action: Action,
    /// The domain that signs, in lower case.
    pub domain: String,
    /// When it was signed.
    pub issued: Timestamp,
    /// The key that signed; `alg` and `key` of the file.
    pub key: PublicKey,
    /// 64 bytes for Ed25519, 96 for P-384 when it can be right.
    pub sig: Vec<u8>,
}

impl ProofFile {
    /// Largest proof file, in bytes.
    pub const MAX: usize = 4096;

    /// Reads a proof file; `path` is how messages call it. Nothing is verified.
    pub fn parse(path: &str, bytes: Vec<u8>) -> Result<Self, Box<Diagnostic>> {
        if bytes.len() > Self::MAX {
            let message = format!("a proof file has at most {} bytes", Self::MAX);
            let diagnostic = Diagnostic::new(Code::ProofInvalid, Place::file(path), message);
            return Err(Box::new(diagnostic.help(SIGN_AGAIN)));
        }
        let mut document = read_json(path, bytes)?;
        if !document.findings.is_empty() {
            return Err(Box::new(document.findings.swap_remove(0)));
        }
        let fields =
            ProofFields { source: SourceFile::new(path, &document.text), document: &document };
        fields.no_others()?;
        if fields.get("v")?.as_u64() != Some(1) {
            return Err(fields.wrong("v", "this version of proof files is not known", "write 1"));
        }
        let algorithm = fields.word("alg", Algorithm::parse, Algorithm::ALL.map(Algorithm::as_str));
        let action = fields.word("action", Action::parse, Action::ALL.map(Action::as_str));
        let proof = Self {
            audience: fields.text("audience")?.to_owned(),
            action: action?,
            domain: fields.text("domain")?.to_owned(),
            issued: fields.issued()?,
            key: fields.key(algorithm?)?,
            sig: fields.signature()?,
        };
        fields.check_form(&proof)?;
        Ok(proof)
    }

    /// Returns the text of the file, with a final line break.
    pub fn to_json(&self) -> String {
        let values = [
            Value::from(1),
            Value::from(self.audience.as_str()),
            Value::from(self.action.as_str()),
            Value::from(self.domain.as_str()),
            Value::from(self.issued.as_str()),
            Value::from(self.key.algorithm().as_str()),
            Value::from(self.key.to_base64()),
            Value::from(STANDARD.encode(&self.sig)),
        ];
        let lines: Vec<String> =
            KEYS.iter().zip(values).map(|(key, value)| format!("  \"{key}\": {value}")).collect();
        format!("{{\n{}\n}}\n", lines.join(",\n"))
    }

    /// Returns the statement that this proof must be a signature of, for a file under check.
    pub fn statement<'a>(
        &'a self,
        name: &'a str,
        version: &'a str,
        sha256: &'a str,
    ) -> Statement<'a> {
        Statement {
            audience: &self.audience,
            action: self.action,
            domain: &self.domain,
            name,
            version,
            sha256,
            issued: self.issued.as_str(),
        }
    }

    /// Whether the key in the file signed this name, version and hash. Audience, domain, time and
    /// whether the domain publishes the key are checked elsewhere.
    pub fn verify(&self, name: &str, version: &str, sha256: &str) -> Result<(), SignatureFault> {
        let text =
            self.statement(name, version, sha256).to_text().map_err(SignatureFault::Statement)?;
        self.key.verify(text.as_bytes(), &self.sig)
    }
}

const SIGN_AGAIN: &str = "run `mcp-static sign` to make the proof again";

/// Picks the members of a proof file.
struct ProofFields<'a> {
    source: SourceFile<'a>,
    document: &'a Document,
}

impl<'a> ProofFields<'a> {
    fn wrong(&self, key: &str, message: &str, help: &str) -> Box<Diagnostic> {
        let pointer = if key.is_empty() { Pointer::root() } else { Pointer::root().key(key) };
        let finding = Finding::new(Code::ProofInvalid, pointer, message).help(help);
        Box::new(self.source.diagnose(finding))
    }

    fn no_others(&self) -> Result<(), Box<Diagnostic>> {
        let Some(members) = self.document.value.as_object() else {
            return Err(self.wrong("", "the document is not an object", SIGN_AGAIN));
        };
        let unknown = members.keys().find(|key| !KEYS.contains(&key.as_str()));
        let Some(key) = unknown else { return Ok(()) };
        let near = nearest(key, KEYS).map(|near| format!("write {near:?}, or remove it"));
        let help = near.as_deref().unwrap_or("remove it");
        Err(self.wrong(key, &format!("the property {key:?} is not known"), help))
    }

    fn get(&self, key: &str) -> Result<&'a Value, Box<Diagnostic>> {
        let value = self.document.value.get(key);
        value.ok_or_else(|| self.wrong("", &format!("there is no {key:?}"), SIGN_AGAIN))
    }

    fn text(&self, key: &str) -> Result<&'a str, Box<Diagnostic>> {
        let text = self.get(key)?.as_str();
        text.ok_or_else(|| self.wrong(key, &format!("{key} is not a string"), "write it in quotes"))
    }

    fn word<T, const N: usize>(
        &self,
        key: &str,
        parse: fn(&str) -> Option<T>,
        known: [&str; N],
    ) -> Result<T, Box<Diagnostic>> {
        let text = self.text(key)?;
        parse(text).ok_or_else(|| {
            let help = match nearest(text, known) {
                Some(near) => format!("write {near:?}"),
                None => format!("write one of {}", known.join(", ")),
            };
            self.wrong(key, &format!("{text:?} is not known as {key}"), &help)
        })
    }

    fn issued(&self) -> Result<Timestamp, Box<Diagnostic>> {
        let text = self.text("issued")?;
        issued(text).ok_or_else(|| {
            let message = format!("{text:?} is not a time of a proof");
            self.wrong("issued", &message, "write it like \"2026-11-22T06:00:00Z\"")
        })
    }

    fn key(&self, algorithm: Algorithm) -> Result<PublicKey, Box<Diagnostic>> {
        PublicKey::parse(algorithm, self.text("key")?).map_err(|fault| {
            let help = "write the text of p= in the domain's record";
            self.wrong("key", &format!("the key {fault}"), help)
        })
    }

    fn signature(&self) -> Result<Vec<u8>, Box<Diagnostic>> {
        let bytes = STANDARD.decode(self.text("sig")?);
        bytes.map_err(|_| self.wrong("sig", "the signature is not standard base64", SIGN_AGAIN))
    }

    /// Checks what is wrong whatever file the proof is beside: fields of which no statement can be made, and the
    /// length of the signature.
    fn check_form(&self, proof: &ProofFile) -> Result<(), Box<Diagnostic>> {
        if let Err(fault) = proof.statement("-", "-", &"0".repeat(64)).to_text() {
            let message = format!("no statement can be made: {fault}");
            return Err(self.wrong("", &message, SIGN_AGAIN));
        }
        match proof.key.verify(&[], &proof.sig) {
            Err(fault @ (SignatureFault::Shortened | SignatureFault::Length { .. })) => {
                Err(self.wrong("sig", &fault.to_string(), SIGN_AGAIN))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
