"""Tasks with a body as Gymnasium environments, for whoever trains by other means.

Importing this registers every one of them: ``gymnasium.make("evornn/PoleBalancing-v0", poles=1)``,
or, importing it by the way, ``gymnasium.make("evornn.environments:evornn/PoleBalancing-v0")``.
Options of the task are given by name. `BodyEnv` says what is observed, done and rewarded.
"""

from __future__ import annotations

from evornn.errors import ConfigurationError

try:
    import gymnasium
except ImportError:
    raise ConfigurationError(
        "environments are those of Gymnasium, which is not installed: pip install 'evornn[gym]'"
    ) from None

from evornn.environments.body_env import BodyEnv as BodyEnv
from evornn.environments.body_vector_env import BodyVectorEnv as BodyVectorEnv
from evornn.tasks import REGISTRY
from evornn.tasks.episodes import has_body

#: the environments that there are
NAMES = tuple(f"evornn/{cls.__name__}-v0" for cls in REGISTRY.values() if has_body(cls))


def _register() -> None:
    tasks = {f"evornn/{cls.__name__}-v0": name for name, cls in REGISTRY.items()}
    for name in NAMES:
        gymnasium.register(
            name,
            entry_point="evornn.environments:BodyEnv",
            vector_entry_point="evornn.environments:BodyVectorEnv",
            kwargs={"task": tasks[name]},
        )


_register()
