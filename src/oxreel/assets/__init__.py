"""Assets: the files of repositories, uploads and results alike, as rows. Their bytes lie in the object store."""

from oxreel.assets.address import AssetAddress, locate
from oxreel.assets.files import (
    Asset,
    Entry,
    NewAsset,
    delete_asset,
    find_asset,
    is_directory,
    list_directory,
    named_objects,
    new_object_key,
    put_asset,
)
from oxreel.assets.paths import BRANCH, asset_path, check_branch, join
from oxreel.assets.repositories import (
    Repository,
    check_repository_name,
    create_repository,
    ensure_repository,
    find_repository,
    list_repositories,
    repository_of,
)

__all__ = [
    "BRANCH",
    "Asset",
    "AssetAddress",
    "Entry",
    "NewAsset",
    "Repository",
    "asset_path",
    "check_branch",
    "check_repository_name",
    "create_repository",
    "delete_asset",
    "ensure_repository",
    "find_asset",
    "find_repository",
    "is_directory",
    "join",
    "list_directory",
    "list_repositories",
    "locate",
    "named_objects",
    "new_object_key",
    "put_asset",
    "repository_of",
]
