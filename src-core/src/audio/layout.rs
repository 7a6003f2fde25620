//! Which channel is which.

use serde::{Deserialize, Serialize};

/// What a channel feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChannelRole {
    /// The only channel of a mono file.
    Mono,
    /// Front left.
    Left,
    /// Front right.
    Right,
    /// Front centre.
    Centre,
    /// Low-frequency effects; left out of loudness (ITU-R BS.1770-5).
    Lfe,
    /// Left surround.
    LeftSurround,
    /// Right surround.
    RightSurround,
}

/// Channels of a file in file order, mono to 5.1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Layout(Vec<ChannelRole>);

impl Layout {
    /// A layout from roles in file order.
    pub fn new(roles: Vec<ChannelRole>) -> Self {
        Self(roles)
    }

    /// One channel.
    pub fn mono() -> Self {
        Self(vec![ChannelRole::Mono])
    }

    /// Left and right.
    pub fn stereo() -> Self {
        Self(vec![ChannelRole::Left, ChannelRole::Right])
    }

    /// Roles in file order.
    pub fn roles(&self) -> &[ChannelRole] {
        &self.0
    }

    /// Number of channels.
    pub fn channel_count(&self) -> usize {
        self.0.len()
    }

    /// Whether this is left and right and nothing else.
    pub fn is_stereo(&self) -> bool {
        self.0 == [ChannelRole::Left, ChannelRole::Right]
    }

    /// Whether this is a single channel.
    pub fn is_mono(&self) -> bool {
        self.0.len() == 1
    }
}
