FROM python:3.11.13-slim-bookworm

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 DANGAN_HOME=/var/lib/dangan
RUN apt-get update \
    && apt-get install -y --no-install-recommends libglib2.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/dangan --create-home dangan

WORKDIR /app
COPY requirements-setup.lock requirements.lock pyproject.toml README.md package.json package-lock.json ./
RUN pip install --no-cache-dir --require-hashes -r requirements-setup.lock && uv pip install --system --no-cache --require-hashes -r requirements.lock
COPY . .
RUN uv pip install --system --no-cache --no-deps --no-build-isolation --editable . && python -m archive.web.assets && rm -rf node_modules

USER dangan
VOLUME /var/lib/dangan
EXPOSE 8000
CMD ["dangan", "serve", "--host", "0.0.0.0"]
