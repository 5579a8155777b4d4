# Python 3.11: the version on which the locked set of packages is tested.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /src

# The packages that tgforward needs are a layer of their own: a change of our code does not install them again.
COPY pyproject.toml ./
COPY requirements/ requirements/
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" > wanted.txt \
 && python -m pip install --constraint requirements/lock.txt --requirement wanted.txt

COPY LICENSE README.md ./
COPY alembic/ alembic/
COPY scheduler/ scheduler/
COPY worker/ worker/
COPY tgforward/ tgforward/
RUN python -m pip install --no-deps --target /opt/tgforward .

FROM python:3.11-slim-bookworm
RUN useradd --system --create-home --uid 10001 tgforward
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/tgforward /opt/tgforward
# PYTHONPATH: arq appends the working directory to the path, so another package's `worker` could win over ours.
ENV PATH=/opt/tgforward/bin:/opt/venv/bin:$PATH \
    PYTHONPATH=/opt/tgforward \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TGFORWARD_DATA_DIR=/home/tgforward/data
USER tgforward
WORKDIR /home/tgforward
CMD ["tgforward", "--help"]
