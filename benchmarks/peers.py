"""Robust regressions of others, on the same rows: scikit-learn, statsmodels and R's robustbase; for benchmarks only."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec
from pathlib import Path
from time import process_time

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_LMROB = """
library(robustbase); set.seed(1)
at <- commandArgs(trailingOnly = TRUE)
d <- read.csv(at[1]); parts <- split(d, d$series); p <- ncol(d) - 2
begin <- proc.time()
fits <- lapply(parts, function(z) tryCatch(suppressWarnings(
  coef(lmrob.fit(as.matrix(z[, -(1:2)]), z$y, lmrob.control()))),
  error = function(e) rep(NA, p)))
spent <- (proc.time() - begin)
write.table(do.call(rbind, fits), at[2], row.names = FALSE, col.names = FALSE)
cat(spent[["user.self"]] + spent[["sys.self"]])
"""


def one_thread() -> AbstractContextManager[object]:
    """Hold the linear algebra to one thread while inside; without threadpoolctl, only what its environment says."""
    if find_spec("threadpoolctl") is None:
        return nullcontext()
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types

    limited: AbstractContextManager[object] = threadpool_limits(1)
    return limited


def best_seconds(call: Callable[[], object], *, repeats: int = 3) -> float:
    """Processor time of the fastest of some calls [s]: other programs on the machine then matter less."""
    spent = []
    for _ in range(repeats):
        began = process_time()
        call()
        spent.append(process_time() - began)
    return min(spent)


def huber_ms(x: Floats, y: Floats) -> float | None:
    """Milliseconds a series of scikit-learn's Huber regression at its defaults, on x (B,N,p) and y (B,N)."""
    if find_spec("sklearn") is None:
        return None
    from sklearn.linear_model import HuberRegressor  # type: ignore[import-untyped]  # ships no types

    def fit_all() -> None:
        for design, target in zip(x, y, strict=True):
            HuberRegressor(max_iter=1000).fit(design[:, 1:], target)

    return 1000 * best_seconds(fit_all) / len(x)


def rlm_ms(x: Floats, y: Floats) -> float | None:
    """Milliseconds a series of statsmodels' RLM (Huber's norm) at its defaults."""
    if find_spec("statsmodels") is None:
        return None
    from statsmodels.api import RLM  # type: ignore[import-untyped]  # ships no types

    def fit_all() -> None:
        for design, target in zip(x, y, strict=True):
            RLM(target, design).fit()

    return 1000 * best_seconds(fit_all) / len(x)


def lmrob(x: Floats, y: Floats) -> tuple[Floats, float] | None:
    """Coefficients (B,p) and milliseconds a series of R's lmrob at its defaults; rows with NaN are left out.

    None where R or its robustbase is not installed (Debian: r-cran-robustbase).
    """
    program = shutil.which("Rscript")
    if program is None or subprocess.run([program, "-e", "library(robustbase)"], capture_output=True).returncode:
        return None
    known = np.isfinite(x).all(-1) & np.isfinite(y)
    series = np.broadcast_to(np.arange(len(x))[:, None], known.shape)[known]
    table = np.column_stack([series, y[known], x[known]])
    header = ",".join(["series", "y", *(f"x{k}" for k in range(x.shape[-1]))])
    with tempfile.TemporaryDirectory() as folder:
        script, given, found = (Path(folder, name) for name in ("fit.R", "rows.csv", "found.txt"))
        script.write_text(_LMROB, encoding="ascii")
        np.savetxt(given, table, delimiter=",", header=header, comments="")
        alone = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        ended = subprocess.run([program, script, given, found], capture_output=True, text=True, check=True, env=alone)
        coefficients = np.genfromtxt(found).reshape(len(x), -1)
    return coefficients, 1000 * float(ended.stdout) / len(x)
