//! How loud stems usually stand in a mix.

use super::Role;

/// Usual loudness of a kind of stem relative to the whole mix.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usual {
    /// Mean, LU relative to the mix.
    pub mean_lu: f64,
    /// Standard deviation over mixes, LU.
    pub sd_lu: f64,
}

impl Usual {
    /// Lower and upper end of what is usual: two standard deviations.
    pub fn range_lu(self) -> [f64; 2] {
        [self.mean_lu - 2.0 * self.sd_lu, self.mean_lu + 2.0 * self.sd_lu]
    }
}

/// The usual loudness of a role, where it is known.
///
/// B. De Man, B. Leonard, R. King, J. D. Reiss, "An analysis and evaluation of audio features for multitrack music mixtures",
/// ISMIR 2014: voice, bass, kick, snare and other drums in mixes by students of mixing. A whole kit is the power sum of the
/// three parts of drums. Nothing was published for other roles.
pub fn usual(role: Role) -> Option<Usual> {
    let of = |mean_lu, sd_lu| Some(Usual { mean_lu, sd_lu });
    match role {
        Role::Vocals => of(-2.7, 1.6),
        Role::Bass => of(-9.5, 3.5),
        Role::Kick => of(-13.2, 4.1),
        Role::Snare => of(-16.8, 6.2),
        Role::Cymbals | Role::Percussion => of(-12.7, 5.5),
        Role::Drums => of(-9.1, 3.0),
        _ => None,
    }
}

/// The loudest that a stem of this role plausibly stands, LU relative to the mix: the upper end of its usual range; for roles
/// without one, what only a lead voice reaches on average.
pub fn plausible_most_lu(role: Role) -> f64 {
    const LEAD_LU: f64 = -2.7;
    usual(role).map_or(LEAD_LU, |u| u.range_lu()[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kit_is_the_sum_of_its_parts() {
        let power = |lu: f64| 10f64.powf(lu / 10.0);
        let sum = [Role::Kick, Role::Snare, Role::Percussion].map(|r| power(usual(r).unwrap().mean_lu)).iter().sum::<f64>();
        assert!((10.0 * sum.log10() - usual(Role::Drums).unwrap().mean_lu).abs() < 0.1);
    }

    #[test]
    fn nothing_is_claimed_where_nothing_is_known() {
        assert_eq!(usual(Role::Guitar), None);
        assert_eq!(plausible_most_lu(Role::Guitar), -2.7);
        assert!((plausible_most_lu(Role::Bass) + 2.5).abs() < 1e-9);
    }
}
