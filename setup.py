"""What pyproject.toml can't say: packages are found, and ``conf/`` beside ``bench/`` is one of them, ``bench.conf``."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["bench", "bench.*"]), "bench.conf"],
    package_dir={"bench": "bench", "bench.conf": "conf"},
)
