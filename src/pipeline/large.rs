//! What to do about a list that is larger than clients read.

use crate::diag::{Code, Diagnostic, Place};
use crate::render::LIST_MAX;
use crate::site::{HOSTS, Host, takes_list_pages};

/// Warns about a list that is too large for some clients, or will soon be: they read it as a whole.
pub(super) fn list(size: u64, targets: &[&dyn Host]) -> Option<Diagnostic> {
    (size > LIST_MAX as u64 / 2).then(|| {
        let message = format!(
            "the list has {:.1} MiB; some clients stop reading at {} MiB",
            size as f64 / 1_048_576.0,
            LIST_MAX >> 20
        );
        Diagnostic::new(Code::ListTooLarge, Place::default(), message).help(remedy(targets))
    })
}

/// Returns what helps, the best first, without what is done already.
fn remedy(targets: &[&dyn Host]) -> String {
    let answering = |host: &dyn Host| host.answers_queries();
    let paging = |host: &dyn Host| takes_list_pages(host);
    let mut steps = Vec::new();
    if !targets.iter().all(|host| answering(*host)) {
        let [first, others] = named(answering);
        steps.push(format!(
            "build for a host that answers queries: `mcp-static build --for {first}` (or {others})"
        ));
        if !targets.iter().all(|host| answering(*host) || paging(*host)) {
            let [first, others] = named(paging);
            steps.push(format!(
                "for one that has the list in pages: `mcp-static build --for {first}` (or {others})"
            ));
        }
    }
    let last = "publish fewer servers, such as a mirror without a namespace: \
                `mcp-static import official --exclude 'com.example/*'`";
    steps.push(match steps.is_empty() {
        true => format!("clients that send `limit` get a page; for the others, {last}"),
        false => last.to_owned(),
    });
    steps.join("; or ")
}

/// Returns the first host that `can`, and the others.
fn named(can: fn(&dyn Host) -> bool) -> [String; 2] {
    let names: Vec<&str> =
        HOSTS.iter().filter(|host| can(**host)).map(|host| host.name()).collect();
    let (first, others) = names.split_first().unwrap_or((&"", &[]));
    [(*first).to_owned(), others.join(", ")]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::host_named;

    #[test]
    fn the_remedy_leaves_out_what_is_done() {
        let of = |names: &[&str]| {
            let hosts: Vec<_> = names.iter().filter_map(|name| host_named(name)).collect();
            remedy(&hosts.iter().map(|host| *host as &dyn Host).collect::<Vec<_>>())
        };
        let order = ["--for cloudflare-pages", "--for nginx", "--exclude"];
        let steps = |text: &str| order.map(|step| text.find(step));
        let [Some(queries), Some(pages), Some(fewer)] = steps(&of(&["github-pages"])) else {
            panic!("{}", of(&["github-pages"]));
        };
        assert!(queries < pages && pages < fewer, "the best remedy is first");
        assert!(of(&["github-pages"]).contains("cloudflare-workers, netlify, vercel"));
        assert!(matches!(steps(&of(&["caddy"])), [Some(_), None, Some(_)]));
        assert!(matches!(steps(&of(&["vercel"])), [None, None, Some(_)]));
        assert!(matches!(steps(&of(&["vercel", "plain"])), [Some(_), Some(_), Some(_)]));
    }
}
