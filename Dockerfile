# The server with its locked packages: `docker build -t banshi .`; compose.yaml shows how it runs.
# Chromium is for workers: they open the pages of mini-apps that are handed in (docs/mini-apps.md).
FROM python:3.11-slim
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/banshi
COPY scripts/requirements scripts/requirements
COPY scripts scripts
COPY pyproject.toml README.md ./
COPY sdk sdk
RUN scripts/setup --runtime && rm -rf .venv/boot ~/.cache
COPY storage storage
COPY identity identity
COPY miniapps miniapps
COPY api api
RUN useradd --system --create-home banshi && install -d -o banshi /data
USER banshi
ENV PATH=/srv/banshi/.venv/bin:$PATH BANSHI_MODE=production BANSHI_HOST=0.0.0.0 BANSHI_DATA=/data
CMD ["banshi", "run"]
