//! Container images: the label `io.modelcontextprotocol.server.name` in the image's configuration.
//!
//! A registry that asks for a token says where to get one; for a public image everyone gets it. Manifest and
//! configuration are compared with the digests that name them.

use serde_json::Value;

use super::ask::{Asker, Wish, unexpected};
use super::question::{Answer, Question, Versions};
use crate::data::digest;
use crate::model::OciReference;
use crate::text::{percent_encode, percent_encode_except, quote};
use crate::world::http::{Reply, Url};

/// The label that names the server.
const LABEL: &str = "io.modelcontextprotocol.server.name";

/// Media types of manifests and of lists of them.
const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";

pub(super) fn prove(asker: &Asker<'_>, question: &Question) -> Answer {
    Image::new(asker, question).prove().unwrap_or_else(|answer| answer)
}

/// An image in its registry.
pub(super) struct Image<'a> {
    asker: &'a Asker<'a>,
    question: &'a Question,
    /// URL of the repository, below `/v2/`.
    base: String,
    reference: String,
}

impl<'a> Image<'a> {
    pub(super) fn new(asker: &'a Asker<'a>, question: &'a Question) -> Self {
        let image = OciReference::split(&question.identifier);
        let (registry, hub) = match image.registry {
            None | Some("docker.io" | "index.docker.io") => ("registry-1.docker.io", true),
            Some(host) => (host, host == "registry-1.docker.io"),
        };
        let scheme = if asker.is_plain(registry_host(registry)) { "http" } else { "https" };
        let official = hub && !image.repository.contains('/');
        let repository = match official {
            true => format!("library/{}", image.repository),
            false => image.repository.to_owned(),
        };
        let repository = percent_encode_except(&repository, b"-._~/");
        let base = format!("{scheme}://{registry}/v2/{repository}");
        let reference = image.digest.or(image.tag).unwrap_or("latest").to_owned();
        Self { asker, question, base, reference }
    }

    /// The error is an answer that was reached early.
    fn prove(&self) -> Result<Answer, Answer> {
        let mut token = None;
        let mut manifest = self.manifest(&self.reference, &mut token)?;
        if let Some(inner) = platform(&manifest) {
            manifest = self.manifest(&inner, &mut token)?;
        }
        let config = manifest.pointer("/config/digest").and_then(Value::as_str);
        let config = config.ok_or_else(|| self.unknown("its manifest names no configuration"))?;
        let url = format!("{}/blobs/{}", self.base, percent_encode_except(config, b"-._~:"));
        let (wish, reply) = self.fetch(url, "*/*", &mut token)?;
        if reply.status != 200 {
            return Err(Answer::Unknown(unexpected(&wish, reply.status)));
        }
        self.compare(config, &reply)?;
        let config: Value = serde_json::from_slice(&reply.body)
            .map_err(|_| self.unknown("its configuration is not JSON"))?;
        Ok(judge(self.question, &config))
    }

    /// Fetches the manifest of a tag or digest.
    fn manifest(&self, reference: &str, token: &mut Option<String>) -> Result<Value, Answer> {
        let url = format!("{}/manifests/{}", self.base, percent_encode_except(reference, b"-._~:"));
        let (wish, reply) = self.fetch(url, MANIFESTS, token)?;
        match reply.status {
            200..300 => {}
            401 | 403 | 404 | 410 => return Err(self.absent(reply.status)),
            status => return Err(Answer::Unknown(unexpected(&wish, status))),
        }
        if reference.contains(':') {
            self.compare(reference, &reply)?;
        }
        serde_json::from_slice(&reply.body).map_err(|_| self.unknown("its manifest is not JSON"))
    }

    /// Sends a request; when the registry asks for a token, gets one and sends it again.
    fn fetch(
        &self,
        url: String,
        accept: &'static str,
        token: &mut Option<String>,
    ) -> Result<(Wish, Reply), Answer> {
        let mut wish = Wish { authorization: token.clone(), ..Wish::get(url, accept) };
        let mut reply = self.asker.send(&wish).map_err(Answer::Unknown)?;
        if reply.status == 401
            && token.is_none()
            && let Some(realm) = reply.header("www-authenticate").and_then(realm_url)
        {
            *token = self.token(realm)?;
            wish.authorization.clone_from(token);
            reply = self.asker.send(&wish).map_err(Answer::Unknown)?;
        }
        Ok((wish, reply))
    }

    /// Returns the tags of the repository that are written like that of the question.
    pub(super) fn tags(&self) -> Versions {
        let shape = shape(self.question.current());
        let (mut token, mut all) = (None, Vec::new());
        let mut url = format!("{}/tags/list?n=1000", self.base);
        for _ in 0..MAX_PAGES {
            let fetched = self.fetch(url.clone(), "application/json", &mut token);
            let (wish, reply) = fetched.map_err(why)?;
            match reply.status {
                200..300 => {}
                404 | 410 => return Ok(None),
                status => return Err(unexpected(&wish, status)),
            }
            let list: Value = serde_json::from_slice(&reply.body)
                .map_err(|_| format!("{}: its list of tags is not JSON", self.question.title()))?;
            let tags = list.get("tags").and_then(Value::as_array).into_iter().flatten();
            let tags = tags.filter_map(Value::as_str).filter(|tag| self::shape(tag) == shape);
            all.extend(tags.map(str::to_owned));
            let next = reply.header("link").and_then(next_page);
            let here = Url::parse(&url).map_err(str::to_owned)?;
            match next.and_then(|next| here.join(next).ok()).filter(|next| next.same_origin(&here))
            {
                Some(next) => url = next.to_string(),
                None => return Ok(Some(all)),
            }
        }
        Err(format!("{} has more tags than are read", self.question.title()))
    }

    /// Returns the digest of what a tag names now.
    pub(super) fn digest_of(&self, tag: &str) -> Result<String, String> {
        let url = format!("{}/manifests/{}", self.base, percent_encode_except(tag, b"-._~"));
        let (wish, reply) = self.fetch(url, MANIFESTS, &mut None).map_err(why)?;
        match reply.status {
            200..300 if reply.whole => Ok(format!("sha256:{}", digest(&reply.body))),
            status => Err(unexpected(&wish, status)),
        }
    }

    /// Gets a token for reading the repository.
    fn token(&self, realm: String) -> Result<Option<String>, Answer> {
        let wish = Wish::get(realm, "application/json");
        let (reply, answer) = self.asker.json(&wish).map_err(Answer::Unknown)?;
        match reply.status {
            200..300 => {}
            401 | 403 => return Err(self.absent(reply.status)),
            status => return Err(Answer::Unknown(unexpected(&wish, status))),
        }
        let text = |key: &str| answer.get(key).and_then(Value::as_str);
        let token = text("token").or_else(|| text("access_token"));
        let is_valid =
            |token: &&str| !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic());
        Ok(token.filter(is_valid).map(|token| format!("Bearer {token}")))
    }

    /// Compares bytes with the digest that names them.
    fn compare(&self, named: &str, reply: &Reply) -> Result<(), Answer> {
        let sha256 = named.strip_prefix("sha256:");
        if !reply.whole || sha256.is_some_and(|hex| digest(&reply.body) != hex) {
            return Err(self.unknown("its registry sends other bytes than the digest names"));
        }
        Ok(())
    }

    fn unknown(&self, why: &str) -> Answer {
        Answer::Unknown(format!("{}: {why}", self.question.title()))
    }

    fn absent(&self, status: u16) -> Answer {
        let title = self.question.title();
        match status {
            404 | 410 => Answer::missing(
                format!("{title} does not exist"),
                "push the image first, or correct the identifier",
            ),
            _ => Answer::missing(
                format!("{title} does not exist or is private: status {status}"),
                "make the image public; for a registry of your own, name the variable of its token in [packages] tokens of registry.toml",
            ),
        }
    }
}

/// Most pages of a list of tags.
const MAX_PAGES: usize = 20;

/// Returns the address in a `Link: <…>; rel="next"`.
fn next_page(link: &str) -> Option<&str> {
    let (address, relation) = link.strip_prefix('<')?.split_once('>')?;
    relation.contains("next").then_some(address)
}

/// Returns what tags of one kind have in common: `v1.2.3-alpine` and `v1.3.0-alpine`, but not `1.3.0` or `1.3`.
fn shape(tag: &str) -> (bool, usize, String) {
    let bare = tag.strip_prefix('v').unwrap_or(tag);
    let end = bare.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(bare.len());
    let (numbers, rest) = bare.split_at(end);
    let is_early = crate::model::is_prerelease(tag) && is_stage(rest);
    let rest = if is_early { String::new() } else { rest.to_owned() };
    (bare.len() != tag.len(), numbers.split('.').count(), rest)
}

/// Whether the text after the numbers is a stage on the way to a release, and not another variant of the image.
fn is_stage(rest: &str) -> bool {
    let word = rest.trim_start_matches(['-', '.', '_']);
    ["alpha", "beta", "rc", "pre", "preview", "dev", "next", "canary"]
        .iter()
        .any(|stage| word.starts_with(stage))
}

fn why(answer: Answer) -> String {
    match answer {
        Answer::Known { saw, .. } => saw,
        Answer::Unknown(why) => why,
    }
}

fn registry_host(registry: &str) -> &str {
    registry.rsplit_once(':').map_or(registry, |(host, _)| host)
}

/// Judges the configuration of an image.
fn judge(question: &Question, config: &Value) -> Answer {
    let (title, server) = (question.title(), &question.server);
    let labels = config.get("config").or_else(|| config.get("Config"));
    let labels = labels.and_then(|it| it.get("Labels"));
    let help =
        format!("add LABEL {LABEL}=\"{server}\" to the Dockerfile, and push the image again");
    match labels.and_then(|it| it.get(LABEL)).and_then(Value::as_str) {
        Some(name) if name == server => {
            Answer::proven(format!("{title} has the label {LABEL}={}", quote(name)))
        }
        Some(name) => Answer::unproven(
            format!("{title} has the label {LABEL}={}, not {}", quote(name), quote(server)),
            help,
        ),
        None => Answer::unproven(format!("{title} has no label {LABEL}"), help),
    }
}

/// Returns the digest of the image for one platform, when a manifest is a list: Linux on x86-64, or the first one.
fn platform(manifest: &Value) -> Option<String> {
    let all = manifest.get("manifests")?.as_array()?;
    let part = |it: &Value, key: &str| {
        it.pointer(&format!("/platform/{key}")).and_then(Value::as_str).map(str::to_owned)
    };
    let usual = |it: &&Value| {
        part(it, "os").as_deref() == Some("linux")
            && part(it, "architecture").as_deref() == Some("amd64")
    };
    // What attests to an image is listed as one for an unknown platform.
    let real = |it: &&Value| part(it, "os").as_deref() != Some("unknown");
    let found = all.iter().find(usual).or_else(|| all.iter().find(real))?;
    found.get("digest")?.as_str().map(str::to_owned)
}

/// Returns the address of the token that a challenge names: `Bearer realm="…",service="…",scope="…"`.
fn realm_url(challenge: &str) -> Option<String> {
    let (scheme, rest) = challenge.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let value = |key: &str| {
        let (_, after) = rest.split_once(&format!("{key}=\""))?;
        after.split('"').next()
    };
    let realm = value("realm")?;
    Url::parse(realm).ok()?;
    let mut url = realm.to_owned();
    for key in ["service", "scope"] {
        let Some(value) = value(key) else { continue };
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(&format!("{key}={}", percent_encode(value)));
    }
    Some(url)
}
