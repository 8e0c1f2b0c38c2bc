//! MCP bundles: the file has to be there. Nothing in its address ties it to the server, so this is not a proof.

use super::ask::{Asker, Wish, unexpected};
use super::question::{Answer, Question};
use crate::model::PackageOutcome;

pub(super) fn prove(asker: &Asker<'_>, question: &Question) -> Answer {
    let wish = Wish::head(question.identifier.clone());
    let title = question.title();
    match asker.send(&wish) {
        Err(why) => Answer::Unknown(why),
        Ok(reply) => match reply.status {
            200 => Answer::known(PackageOutcome::Present, format!("{title} is there"), ""),
            401 | 403 | 404 | 410 => Answer::missing(
                format!("{title} cannot be downloaded: status {}", reply.status),
                "attach the file to a public release, or correct the address",
            ),
            status => Answer::Unknown(unexpected(&wish, status)),
        },
    }
}
