//! What a document, a tree or a change costs: never more than a multiple of its size, whatever is in it.
//!
//! Each case makes something of size N and of size 2N. The time that the thread spends on the processor
//! may grow a little more than twofold; where work grows with the square it grows fourfold. Seconds are
//! never compared with a constant.

mod changes;
mod documents;
mod limits;
mod measure;
mod repo;
mod trees;

pub(crate) use measure::assert_linear;
