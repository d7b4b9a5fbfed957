# One image for ingest, calibrate and api. Not built where this was written (no engine at hand): see README.
FROM docker.io/library/node:22-bookworm-slim AS web
WORKDIR /src/api/web
COPY api/web/package.json api/web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY api/web ./
RUN npm run build

FROM docker.io/library/python:3.12-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/luchtbrug --create-home luchtbrug
WORKDIR /opt/luchtbrug
COPY constraints.txt ./
RUN pip install --no-cache-dir --require-hashes -r constraints.txt
COPY pyproject.toml README.md ./
COPY luchtbrug luchtbrug
COPY ingest ingest
COPY validation validation
COPY storage storage
COPY api api
COPY firmware_sim firmware_sim
COPY --from=web /src/api/web/static/build api/web/static/build
RUN pip install --no-cache-dir --no-deps --no-build-isolation .
RUN install -d -o luchtbrug /var/lib/luchtbrug/lake
ENV LUCHTBRUG_DATA_DIR=/var/lib/luchtbrug LUCHTBRUG_API_HOST=0.0.0.0
USER luchtbrug
ENTRYPOINT ["luchtbrug"]
CMD ["--help"]
