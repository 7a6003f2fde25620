//! The little linear algebra that comparisons need: symmetric positive definite systems, row by row in a flat vector.

/// Lower Cholesky factor of a symmetric n × n matrix; none if it is not positive definite.
pub fn cholesky(mut m: Vec<f64>, n: usize) -> Option<Vec<f64>> {
    if m.len() != n * n {
        return None;
    }
    for row in 0..n {
        for column in 0..=row {
            let sum: f64 = (0..column).map(|k| m[row * n + k] * m[column * n + k]).sum();
            let rest = m[row * n + column] - sum;
            m[row * n + column] = if row == column {
                if rest <= 0.0 || !rest.is_finite() {
                    return None;
                }
                rest.sqrt()
            } else {
                rest / m[column * n + column]
            };
        }
    }
    Some(m)
}

/// Solves L x = v for a factor of [`cholesky`].
pub fn forward(factor: &[f64], n: usize, mut v: Vec<f64>) -> Vec<f64> {
    for row in 0..n {
        let sum: f64 = (0..row).map(|k| factor[row * n + k] * v[k]).sum();
        v[row] = (v[row] - sum) / factor[row * n + row];
    }
    v
}

/// Solves L Lᵀ x = v for a factor of [`cholesky`].
pub fn solve(factor: &[f64], n: usize, v: Vec<f64>) -> Vec<f64> {
    let mut v = forward(factor, n, v);
    for row in (0..n).rev() {
        let sum: f64 = (row + 1..n).map(|k| factor[k * n + row] * v[k]).sum();
        v[row] = (v[row] - sum) / factor[row * n + row];
    }
    v
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_solved() {
        // [4 2; 2 3] x = [8; 7]: x = [1.25, 1.5].
        let factor = cholesky(vec![4.0, 2.0, 2.0, 3.0], 2).unwrap();
        let x = solve(&factor, 2, vec![8.0, 7.0]);
        assert!((x[0] - 1.25).abs() < 1e-12 && (x[1] - 1.5).abs() < 1e-12);
        assert!(cholesky(vec![1.0, 2.0, 2.0, 1.0], 2).is_none());
        assert!(cholesky(vec![1.0], 2).is_none());
    }
}
