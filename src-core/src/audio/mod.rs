//! Sample buffers, channel layouts and stretches of time: the shapes in which audio moves.

mod block;
mod layout;
mod time;

pub use block::Block;
pub use layout::{ChannelRole, Layout};
pub use time::TimeRange;

mod source;
pub use source::{Source, SourceInfo};
