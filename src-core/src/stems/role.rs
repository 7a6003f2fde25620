//! What a stem is: from its file name, else from its sound.

use crate::measure::StemMap;
use crate::measure::stem_map::centres_hz;
use serde::{Deserialize, Serialize};

/// What plays in a stem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The lead voice.
    Vocals,
    /// Other voices.
    BackingVocals,
    /// A whole drum kit or loop.
    Drums,
    /// Bass drum.
    Kick,
    /// Snare, clap, rim.
    Snare,
    /// Hi-hats, rides, crashes.
    Cymbals,
    /// Toms, congas, shakers and the like.
    Percussion,
    /// Bass.
    Bass,
    /// Guitar.
    Guitar,
    /// Piano, organ, synthesiser chords and pads.
    Keys,
    /// Strings.
    Strings,
    /// Brass and woodwind.
    Winds,
    /// A melody of unknown instrument.
    Lead,
    /// Effects and ambience.
    Effects,
    /// Anything else, or not known.
    Other,
}

/// Where a role was taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoleBasis {
    /// The user said so.
    User,
    /// The file name.
    Name,
    /// The sound: certain for bass and cymbals at most.
    Sound,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 15] = [
        Self::Vocals,
        Self::BackingVocals,
        Self::Drums,
        Self::Kick,
        Self::Snare,
        Self::Cymbals,
        Self::Percussion,
        Self::Bass,
        Self::Guitar,
        Self::Keys,
        Self::Strings,
        Self::Winds,
        Self::Lead,
        Self::Effects,
        Self::Other,
    ];

    /// The name as written in JSON and after `--role FILE=`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vocals => "vocals",
            Self::BackingVocals => "backing_vocals",
            Self::Drums => "drums",
            Self::Kick => "kick",
            Self::Snare => "snare",
            Self::Cymbals => "cymbals",
            Self::Percussion => "percussion",
            Self::Bass => "bass",
            Self::Guitar => "guitar",
            Self::Keys => "keys",
            Self::Strings => "strings",
            Self::Winds => "winds",
            Self::Lead => "lead",
            Self::Effects => "effects",
            Self::Other => "other",
        }
    }

    /// The role of a name; none for a name that is no role.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name().eq_ignore_ascii_case(name))
    }
}

/// Parts of file names and what they stand for; the first that fits decides, so the more special come first.
const NAMES: &[(&str, Role)] = &[
    ("backing vo", Role::BackingVocals),
    ("background vo", Role::BackingVocals),
    ("harmon", Role::BackingVocals),
    ("bgv", Role::BackingVocals),
    ("choir", Role::BackingVocals),
    ("bvs", Role::BackingVocals),
    ("vocal", Role::Vocals),
    ("vox", Role::Vocals),
    ("voice", Role::Vocals),
    ("voc", Role::Vocals),
    ("singer", Role::Vocals),
    ("rap", Role::Vocals),
    ("bassoon", Role::Winds),
    ("bass drum", Role::Kick),
    ("bassdrum", Role::Kick),
    ("kick", Role::Kick),
    ("bd", Role::Kick),
    ("snare", Role::Snare),
    ("clap", Role::Snare),
    ("rim", Role::Snare),
    ("hihat", Role::Cymbals),
    ("hi hat", Role::Cymbals),
    ("hat", Role::Cymbals),
    ("hih", Role::Cymbals),
    ("cymbal", Role::Cymbals),
    ("crash", Role::Cymbals),
    ("ride", Role::Cymbals),
    ("overhead", Role::Cymbals),
    ("conga", Role::Percussion),
    ("bongo", Role::Percussion),
    ("tabla", Role::Percussion),
    ("tom", Role::Percussion),
    ("shaker", Role::Percussion),
    ("tambourine", Role::Percussion),
    ("perc", Role::Percussion),
    ("drum", Role::Drums),
    ("beat", Role::Drums),
    ("kit", Role::Drums),
    ("bass", Role::Bass),
    ("sub", Role::Bass),
    ("808", Role::Bass),
    ("guit", Role::Guitar),
    ("gtr", Role::Guitar),
    ("banjo", Role::Guitar),
    ("ukulele", Role::Guitar),
    ("piano", Role::Keys),
    ("organ", Role::Keys),
    ("rhodes", Role::Keys),
    ("wurli", Role::Keys),
    ("clav", Role::Keys),
    ("synth", Role::Keys),
    ("chord", Role::Keys),
    ("keys", Role::Keys),
    ("pad", Role::Keys),
    ("string", Role::Strings),
    ("violin", Role::Strings),
    ("cello", Role::Strings),
    ("viola", Role::Strings),
    ("ensemble", Role::Strings),
    ("orchestra", Role::Strings),
    ("horn", Role::Winds),
    ("brass", Role::Winds),
    ("trumpet", Role::Winds),
    ("trombone", Role::Winds),
    ("sax", Role::Winds),
    ("flute", Role::Winds),
    ("pipe", Role::Winds),
    ("clarinet", Role::Winds),
    ("lead", Role::Lead),
    ("melody", Role::Lead),
    ("solo", Role::Lead),
    ("fx", Role::Effects),
    ("effect", Role::Effects),
    ("ambien", Role::Effects),
    ("noise", Role::Effects),
];

/// The role of a stem by its file name and, if that says nothing, by its sound.
pub fn role_of(file_name: &str, map: &StemMap) -> (Role, RoleBasis) {
    match role_of_name(file_name) {
        Some(role) => (role, RoleBasis::Name),
        None => (from_sound(map), RoleBasis::Sound),
    }
}

/// The role that a file name tells. Words of a name begin where a letter follows something else; a part must begin a word unless it is long
/// or unmistakable.
pub fn role_of_name(file_name: &str) -> Option<Role> {
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
    let plain: String = stem.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { ' ' }).collect();
    let spaced = format!(" {plain}");
    let anywhere = |part: &str| part.len() >= 5 || ["drum", "bass", "guit"].contains(&part);
    let fits = |part: &str| if anywhere(part) { spaced.contains(part) } else { spaced.contains(&format!(" {part}")) };
    NAMES.iter().find(|(part, _)| fits(part)).map(|(_, role)| *role)
}

/// Bass if most of the power lies below 200 Hz, cymbals if above 4 kHz, else not known.
fn from_sound(map: &StemMap) -> Role {
    const MOST: f64 = 0.7;
    let (mut low, mut high, mut all) = (0.0, 0.0, 0.0);
    let hz = centres_hz();
    for frame in 0..map.frames() {
        for (hz, power) in hz.iter().zip(map.mid_frame(frame)) {
            let power = f64::from(*power);
            all += power;
            low += if *hz < 200.0 { power } else { 0.0 };
            high += if *hz > 4000.0 { power } else { 0.0 };
        }
    }
    if low > MOST * all {
        Role::Bass
    } else if high > MOST * all {
        Role::Cymbals
    } else {
        Role::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::stem_map::BANDS;

    #[test]
    fn names_say_what_a_stem_is() {
        let known = [
            ("04_vocals.wav", Role::Vocals),
            ("Lead Vox.wav", Role::Vocals),
            ("backing vox.flac", Role::BackingVocals),
            ("01_bassguitar.wav", Role::Bass),
            ("03_t8_bassdrum_acoustic01.wav", Role::Kick),
            ("05_leadguitar.wav", Role::Guitar),
            ("08_i10_hih.wav", Role::Cymbals),
            ("04_i05_ravedrum.wav", Role::Drums),
            ("02_clav.wav", Role::Keys),
            ("04_horns.wav", Role::Winds),
            ("Snare Top.wav", Role::Snare),
            ("lead.wav", Role::Lead),
        ];
        for (name, role) in known {
            assert_eq!(role_of_name(name), Some(role), "{name}");
        }
        for unknown in ["01_inst02.wav", "12_rest.wav", "whatever.wav", "stripes.wav"] {
            assert_eq!(role_of_name(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn the_sound_decides_where_the_name_says_nothing() {
        let map = |band: usize| {
            let mut mid = vec![0.0; BANDS];
            mid[band] = 1.0;
            StemMap { hop_s: 0.4, side: vec![0.0; BANDS], cross: vec![0.0; BANDS], mid }
        };
        assert_eq!(role_of("a.wav", &map(5)), (Role::Bass, RoleBasis::Sound));
        assert_eq!(role_of("a.wav", &map(50)), (Role::Cymbals, RoleBasis::Sound));
        assert_eq!(role_of("a.wav", &map(30)), (Role::Other, RoleBasis::Sound));
        assert_eq!(role_of("snare.wav", &map(5)).0, Role::Snare);
    }

    #[test]
    fn every_role_has_a_name_of_its_own() {
        for role in Role::ALL {
            assert_eq!(Role::find(role.name()), Some(role));
            assert_eq!(serde_json::to_string(&role).unwrap(), format!("\"{}\"", role.name()));
        }
        assert_eq!(Role::find("tuba"), None);
    }
}
