//! Non-linear least squares by the Levenberg-Marquardt method with simple bounds.
//!
//! # References
//! D. W. Marquardt, "An algorithm for least-squares estimation of nonlinear parameters", J. SIAM 11(2), 1963;
//! C. Kanzow, N. Yamashita, M. Fukushima, "Levenberg-Marquardt methods with strong local convergence properties for solving
//! nonlinear equations with convex constraints", J. Comput. Appl. Math. 172, 2004 (projected steps).

/// A least-squares problem.
pub trait Problem {
    /// Number of residuals.
    fn residual_count(&self) -> usize;

    /// Writes the residuals at `parameters`.
    fn residuals(&self, parameters: &[f64], residuals: &mut [f64]);

    /// Writes the derivatives of all residuals by each parameter, one run of [`residual_count`](Self::residual_count) values a parameter.
    fn jacobian(&self, parameters: &[f64], jacobian: &mut [f64]);

    /// Moves parameters that are out of bounds to the nearest allowed values.
    fn project(&self, parameters: &mut [f64]);
}

/// A step that lowers the cost by less than this share ends the search.
const ENOUGH: f64 = 1e-5;

/// Lowers the sum of squared residuals from the given start by at most `iterations` accepted or refused steps; returns that sum.
pub fn minimise(problem: &impl Problem, parameters: &mut [f64], iterations: usize) -> f64 {
    let (count, rows) = (parameters.len(), problem.residual_count());
    let mut residuals = vec![0.0; rows];
    let mut jacobian = vec![0.0; rows * count];
    problem.project(parameters);
    problem.residuals(parameters, &mut residuals);
    let mut cost = square_sum(&residuals);
    let mut damping = 1e-3;
    let mut normal = Normal::new(count);
    let mut stale = true;
    let mut trial = parameters.to_vec();
    let mut trial_residuals = residuals.clone();
    for _ in 0..iterations {
        if stale {
            problem.jacobian(parameters, &mut jacobian);
            normal.set(&jacobian, &residuals);
            normal.freeze(problem, parameters);
            stale = false;
        }
        let Some(step) = normal.solve(damping) else {
            damping *= 10.0;
            continue;
        };
        for ((trial, parameter), step) in trial.iter_mut().zip(&*parameters).zip(step) {
            *trial = parameter - step;
        }
        problem.project(&mut trial);
        problem.residuals(&trial, &mut trial_residuals);
        let new_cost = square_sum(&trial_residuals);
        if new_cost < cost {
            let gained = (cost - new_cost) / cost;
            parameters.copy_from_slice(&trial);
            std::mem::swap(&mut residuals, &mut trial_residuals);
            (cost, stale) = (new_cost, true);
            damping = (damping / 5.0).max(1e-9);
            if gained < ENOUGH {
                break;
            }
        } else {
            damping *= 4.0;
            if damping > 1e8 {
                break;
            }
        }
    }
    cost
}

fn square_sum(values: &[f64]) -> f64 {
    values.iter().map(|x| x * x).sum()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The normal equations JᵀJ δ = Jᵀr.
struct Normal {
    size: usize,
    matrix: Vec<f64>,
    gradient: Vec<f64>,
    frozen: Vec<bool>,
    factor: Vec<f64>,
    step: Vec<f64>,
}

impl Normal {
    fn new(size: usize) -> Self {
        let square = vec![0.0; size * size];
        let row = vec![0.0; size];
        Self { size, matrix: square.clone(), gradient: row.clone(), frozen: vec![false; size], factor: square, step: row }
    }

    fn set(&mut self, jacobian: &[f64], residuals: &[f64]) {
        let rows = residuals.len().max(1);
        for (i, a) in jacobian.chunks_exact(rows).enumerate() {
            self.gradient[i] = dot(a, residuals);
            for (j, b) in jacobian.chunks_exact(rows).enumerate().take(i + 1) {
                let value = dot(a, b);
                self.matrix[i * self.size + j] = value;
                self.matrix[j * self.size + i] = value;
            }
        }
    }

    /// Holds parameters that stand at a bound and would be pushed beyond it.
    fn freeze(&mut self, problem: &impl Problem, parameters: &[f64]) {
        let mut pushed = parameters.to_vec();
        for i in 0..self.size {
            pushed.copy_from_slice(parameters);
            let nudge = -1e-6 * self.gradient[i].signum();
            pushed[i] += nudge;
            problem.project(&mut pushed);
            self.frozen[i] = (pushed[i] - parameters[i]) * nudge <= 0.0;
        }
    }

    /// Cholesky solution with the diagonal enlarged by `damping`; none if the matrix is not positive definite.
    fn solve(&mut self, damping: f64) -> Option<&[f64]> {
        let n = self.size;
        for i in 0..n {
            for j in 0..=i {
                let mut sum = self.matrix[i * n + j];
                if self.frozen[i] || self.frozen[j] {
                    sum = if i == j { 1.0 } else { 0.0 };
                } else if i == j {
                    sum += damping * sum + 1e-12;
                }
                sum -= dot(&self.factor[i * n..i * n + j], &self.factor[j * n..j * n + j]);
                if i == j {
                    if sum <= 0.0 {
                        return None;
                    }
                    self.factor[i * n + i] = sum.sqrt();
                } else {
                    self.factor[i * n + j] = sum / self.factor[j * n + j];
                }
            }
        }
        for i in 0..n {
            let right = if self.frozen[i] { 0.0 } else { self.gradient[i] };
            let known = dot(&self.factor[i * n..i * n + i], &self.step[..i]);
            self.step[i] = (right - known) / self.factor[i * n + i];
        }
        for i in (0..n).rev() {
            let known: f64 = (i + 1..n).map(|k| self.factor[k * n + i] * self.step[k]).sum();
            self.step[i] = (self.step[i] - known) / self.factor[i * n + i];
        }
        Some(&self.step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rosenbrock's valley as residuals 10 (y − x²) and 1 − x, with x bounded above.
    struct Valley {
        highest_x: f64,
    }

    impl Problem for Valley {
        fn residual_count(&self) -> usize {
            2
        }
        fn residuals(&self, p: &[f64], r: &mut [f64]) {
            (r[0], r[1]) = (10.0 * (p[1] - p[0] * p[0]), 1.0 - p[0]);
        }
        fn jacobian(&self, p: &[f64], j: &mut [f64]) {
            j.copy_from_slice(&[-20.0 * p[0], -1.0, 10.0, 0.0]);
        }
        fn project(&self, p: &mut [f64]) {
            p[0] = p[0].min(self.highest_x);
        }
    }

    #[test]
    fn rosenbrocks_valley_is_followed_to_its_end() {
        let mut p = [-1.2, 1.0];
        minimise(&Valley { highest_x: 10.0 }, &mut p, 100);
        assert!((p[0] - 1.0).abs() < 1e-6 && (p[1] - 1.0).abs() < 1e-6, "{p:?}");
    }

    #[test]
    fn a_bound_is_kept_and_the_rest_still_settles() {
        let mut p = [-1.2, 1.0];
        minimise(&Valley { highest_x: 0.5 }, &mut p, 100);
        assert!((p[0] - 0.5).abs() < 1e-6 && (p[1] - 0.25).abs() < 1e-6, "{p:?}");
    }
}
