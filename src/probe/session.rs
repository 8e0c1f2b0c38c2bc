//! The requests of one probe. Each is sent once, even when several clients would send it.
//!
//! Requests are equal when URL and headers are. Nothing is retried: a host that fails now and then is a
//! finding. Equal bodies are parsed once.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::base::Base;
use super::body::Body;
use crate::world::http::{Ask, Exchange, HttpError, Reply};

/// An answer with its parsed body.
#[derive(Debug)]
pub(super) struct Response {
    /// Status and headers; the body is beside it.
    pub(super) reply: Reply,
    pub(super) body: Rc<Body>,
}

type Known = Result<Rc<Response>, HttpError>;

/// The requests of one probe and their answers.
pub(super) struct Session<'a> {
    pub(super) base: Base,
    exchange: &'a dyn Exchange,
    known: RefCell<HashMap<Ask, Known>>,
    bodies: RefCell<Vec<Rc<Body>>>,
}

impl<'a> Session<'a> {
    pub(super) fn new(base: Base, exchange: &'a dyn Exchange) -> Self {
        Self { base, exchange, known: RefCell::default(), bodies: RefCell::default() }
    }

    /// Returns the number of requests sent so far.
    pub(super) fn requests(&self) -> u64 {
        self.known.borrow().len() as u64
    }

    /// Sends a request, or returns its known answer.
    pub(super) fn send(&self, ask: Ask) -> Known {
        if let Some(known) = self.known.borrow().get(&ask) {
            return known.clone();
        }
        let answer = self.exchange.send(&ask).map(|reply| Rc::new(self.look(reply)));
        self.known.borrow_mut().insert(ask, answer.clone());
        answer
    }

    /// Sends a request without headers, to find out why something fails. Redirects are not followed.
    pub(super) fn peek(&self, url: String) -> Option<Rc<Response>> {
        self.send(Ask { url, ..Ask::default() }).ok()
    }

    /// Whether a request without headers finds JSON at a path below the base URL.
    pub(super) fn finds(&self, path: &str) -> bool {
        let found = self.peek(format!("{}{path}", self.base.trimmed));
        found.is_some_and(|found| found.reply.status == 200 && found.body.json().is_some())
    }

    /// Whether there is something at a path below the base URL, or a redirect.
    pub(super) fn answers(&self, path: &str) -> bool {
        let found = self.peek(format!("{}{path}", self.base.trimmed));
        found.is_some_and(|found| (200..400).contains(&found.reply.status))
    }

    fn look(&self, mut reply: Reply) -> Response {
        let bytes = std::mem::take(&mut reply.body);
        let mut bodies = self.bodies.borrow_mut();
        let same = |body: &&Rc<Body>| body.whole == reply.whole && body.bytes == bytes;
        if let Some(body) = bodies.iter().find(same) {
            return Response { reply, body: body.clone() };
        }
        let body = Rc::new(Body::read(bytes, reply.whole));
        bodies.push(body.clone());
        Response { reply, body }
    }
}
