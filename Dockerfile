# The server with its locked packages: `docker build -t banshi .`; compose.yaml shows how it runs.
FROM python:3.11-slim
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
