//! Speaker positions of files, as roles.

use crate::audio::{ChannelRole, Layout};
use symphonia::core::audio::{ChannelLabel, Channels, Position};

/// Role of one speaker position; none for those that mono to 5.1 does not have.
fn role(position: Position) -> Option<ChannelRole> {
    Some(match position {
        Position::FRONT_LEFT => ChannelRole::Left,
        Position::FRONT_RIGHT => ChannelRole::Right,
        Position::FRONT_CENTER => ChannelRole::Centre,
        Position::LFE1 => ChannelRole::Lfe,
        Position::REAR_LEFT | Position::SIDE_LEFT => ChannelRole::LeftSurround,
        Position::REAR_RIGHT | Position::SIDE_RIGHT => ChannelRole::RightSurround,
        _ => return None,
    })
}

/// The usual layout for a channel count that comes without positions: mono, stereo, 3.0, quad, 5.0, 5.1.
pub(super) fn usual(count: usize) -> Option<Layout> {
    use ChannelRole::{Centre, Left, LeftSurround, Lfe, Right, RightSurround};
    Some(match count {
        1 => Layout::mono(),
        2 => Layout::stereo(),
        3 => Layout::new(vec![Left, Right, Centre]),
        4 => Layout::new(vec![Left, Right, LeftSurround, RightSurround]),
        5 => Layout::new(vec![Left, Right, Centre, LeftSurround, RightSurround]),
        6 => Layout::new(vec![Left, Right, Centre, Lfe, LeftSurround, RightSurround]),
        _ => return None,
    })
}

/// The layout of a decoder's planes; none if a position is not known to mono … 5.1 or stands twice.
pub(super) fn of_channels(channels: &Channels) -> Option<Layout> {
    let count = channels.count();
    if count <= 2 {
        // One channel is mono and two are left and right, whatever positions they were given.
        return usual(count);
    }
    let roles: Option<Vec<ChannelRole>> = match channels {
        Channels::Positioned(mask) => mask.iter().map(role).collect(),
        Channels::Custom(labels) => labels
            .iter()
            .map(|label| match label {
                ChannelLabel::Positioned(position) => role(*position),
                _ => None,
            })
            .collect(),
        Channels::Discrete(_) => return usual(count),
        _ => None,
    };
    let roles = roles?;
    let twice = roles.iter().enumerate().any(|(i, r)| roles.iter().take(i).any(|s| s == r));
    (!twice).then(|| Layout::new(roles))
}

/// The layout of a WAV channel mask; none if it names positions beyond 5.1 or not as many as there are channels.
/// A mask of zero leaves the order to custom.
pub(super) fn of_wav_mask(mask: u32, count: usize) -> Option<Layout> {
    if mask == 0 || count <= 2 {
        return usual(count);
    }
    let positions = Position::from_wave_channel_mask(mask)?;
    of_channels(&Channels::Positioned(positions)).filter(|l| l.channel_count() == count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ChannelRole::{Centre, Left, LeftSurround, Lfe, Right, RightSurround};

    #[test]
    fn wav_masks_name_back_and_side_surrounds_alike() {
        let five_one = [Left, Right, Centre, Lfe, LeftSurround, RightSurround];
        assert_eq!(of_wav_mask(0x3f, 6).unwrap().roles(), five_one);
        assert_eq!(of_wav_mask(0x60f, 6).unwrap().roles(), five_one);
        assert_eq!(of_wav_mask(0x33, 4).unwrap().roles(), [Left, Right, LeftSurround, RightSurround]);
        assert_eq!(of_wav_mask(0x0b, 3).unwrap().roles(), [Left, Right, Lfe]);
    }

    #[test]
    fn masks_that_do_not_fit_are_refused() {
        assert_eq!(of_wav_mask(0x3f, 5), None, "six positions for five channels");
        assert_eq!(of_wav_mask(0x107, 4), None, "a rear centre has no role in 5.1");
        assert_eq!(of_wav_mask(0x630, 4), None, "two pairs of surrounds");
    }
}
