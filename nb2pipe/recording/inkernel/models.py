"""Fingerprints of objects of machine learning libraries: torch tensors, boosted trees, data sets.

Part of the probe: runs in the user's kernel, on Python 3.8 and later; uses a library only where the user has loaded it.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from typing import Any, Callable

from .arrays import array_content


def find_torch_writer(kind: type) -> Callable[[Any, Any], bytes] | None:
    """How tensors are hashed; modules and optimizers are objects made of them."""
    torch = sys.modules["torch"]
    if issubclass(kind, torch.Tensor):
        return write_tensor
    if issubclass(kind, torch.Generator):
        return lambda out, value: b"generator" + out.token(value.get_state())
    if kind in (torch.dtype, torch.device, torch.Size, torch.layout, torch.memory_format):
        return lambda out, value: b"torch" + out.token(str(value))
    return None


def write_tensor(out: Any, value: Any) -> bytes:
    """A tensor: dtype, shape, whether it learns, and its numbers; its gradient, unless a network's next round drops it."""
    torch = sys.modules["torch"]
    head = b"tensor" + out.join(type(value), str(value.dtype), tuple(value.shape), bool(value.requires_grad))
    if value.is_leaf and value.grad is not None and not isinstance(value, torch.nn.Parameter) and value.grad.any():
        head += b"grad" + out.token(value.grad)
    plain = value.detach().cpu()
    if plain.layout is not torch.strided:
        plain = plain.to_dense()
    plain = plain.contiguous()
    try:
        return head + array_content(out, plain.numpy())
    except TypeError:  # a dtype that numpy has not (bfloat16)
        return head + array_content(out, plain.view(torch.uint8).numpy())


def find_sklearn_writer(kind: type) -> Callable[[Any, Any], bytes] | None:
    """How scikit-learn's data sets are hashed: as the dicts they are. Estimators are objects like any other."""
    if kind.__name__ == "Bunch" and issubclass(kind, dict):
        return lambda out, value: b"bunch" + out.token(type(value)) + out.mapping(dict(value))
    return None


def find_booster_writer(kind: type) -> Callable[[Any, Any], bytes] | None:
    """How boosted trees are hashed: by the model that the library would save."""
    names = {"{}.{}".format(str(base.__module__).split(".")[0], base.__name__) for base in kind.__mro__}
    for name, writer in BOOSTERS.items():
        if name in names:
            return writer
    return None


def _xgboost(out: Any, value: Any) -> bytes:
    try:
        raw = value.save_raw("ubj")
    except TypeError:  # before 1.6
        raw = value.save_raw()
    names = (value.feature_names, value.feature_types)
    return b"xgboost" + out.join(type(value), bytes(raw), names, value.attributes())


def _lightgbm(out: Any, value: Any) -> bytes:
    return b"lightgbm" + out.join(type(value), value.model_to_string(num_iteration=-1))


def _catboost(out: Any, value: Any) -> bytes:
    """catboost writes the time and a random name into its models: everything else counts."""
    content = b"catboost" + out.join(type(value), value.get_params())
    if not value.is_fitted():
        return content
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.json")
        value.save_model(path, format="json")
        with open(path, encoding="utf-8") as file:
            model = json.load(file)
    model.pop("model_info", None)
    return content + out.token(model)


BOOSTERS: dict[str, Callable[[Any, Any], bytes]] = {
    "xgboost.Booster": _xgboost,
    "lightgbm.Booster": _lightgbm,
    "catboost.CatBoost": _catboost,
}
