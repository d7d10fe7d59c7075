"""Links that open a chapter elsewhere: in Binder, in Colab, on a JupyterHub.

They are there when `_config.yml` says where the repository is. What they open is its branch
`notebooks_branch`, which holds what the zip of all notebooks holds (see CONTRIBUTING).
"""

import re
from pathlib import Path
from urllib.parse import quote, urlencode

from sphinx.errors import ConfigError

REPOSITORY = re.compile(
    r"https://(?P<host>[\w.-]+)/(?P<owner>[\w./-]+)/(?P<name>[\w.-]+?)(\.git)?/?"
)
BINDER = "https://mybinder.org"
COLAB = "https://colab.research.google.com"
BINDER_PROVIDERS = {"github.com": "gh/{owner}/{name}", "gitlab.com": "gl/{owner}%2F{name}"}


def repository(config):
    """Host, owner and name of the repository as a dictionary, or nothing."""
    if not config.repository_url:
        return None
    address = REPOSITORY.fullmatch(config.repository_url)
    if not address or (address["host"] == "github.com" and "/" in address["owner"]):
        raise ConfigError(
            f"repository_url in _config.yml is {config.repository_url!r}; it should look like "
            "https://github.com/owner/name, or be empty."
        )
    return address.groupdict()


def check(app, config):
    for name in ("jupyterhub_url", "repository_url"):
        value = config[name]
        if value and not value.startswith("https://"):
            raise ConfigError(f"{name} in _config.yml is {value!r}; it should begin with https://")
    if config.jupyterhub_url and not config.repository_url:
        raise ConfigError("jupyterhub_url in _config.yml needs repository_url beside it")
    repository(config)


def raw(config, file):
    """The address of a file on the branch of the notebooks, or nothing where it is not known."""
    where = repository(config)
    if not where or where["host"] != "github.com":
        return ""
    branch = config.notebooks_branch
    return f"https://raw.githubusercontent.com/{where['owner']}/{where['name']}/{branch}/{file}"


def links(config, file):
    """What opens the notebook `file` elsewhere: names and addresses."""
    where = repository(config)
    if not where:
        return []
    branch = quote(config.notebooks_branch, safe="")
    provider = BINDER_PROVIDERS.get(where["host"])
    place = provider.format(**where) if provider else f"git/{quote(config.repository_url, safe='')}"
    doors = [
        ("Binder", f"{BINDER}/v2/{place}/{branch}?{urlencode({'urlpath': f'lab/tree/{file}'})}")
    ]
    if where["host"] == "github.com":
        path = f"{where['owner']}/{where['name']}/blob/{branch}/{file}"
        doors.append(("Colab", f"{COLAB}/github/{path}"))
    if config.jupyterhub_url:
        asked = {
            "repo": config.repository_url,
            "branch": config.notebooks_branch,
            "urlpath": f"lab/tree/{where['name']}/{file}",
        }
        hub = config.jupyterhub_url.rstrip("/")
        doors.append(("JupyterHub", f"{hub}/hub/user-redirect/git-pull?{urlencode(asked)}"))
    return doors


def offer(app, pagename, templatename, context, doctree):
    if "notebook" in context:
        context["elsewhere"] = links(app.config, Path(context["notebook"]).name)


def setup(app):
    app.add_config_value("repository_url", "", "env", [str])
    app.add_config_value("notebooks_branch", "notebooks", "env", [str])
    app.add_config_value("jupyterhub_url", "", "env", [str])
