# Trang web, đêm và thư, chạy bằng người dùng thường; mọi dữ liệu ở /srv/mobility. Xem compose.yaml, docs/operator.md.
# The portal, the night and the mail relay as a user without rights; all that is kept stands in /srv/mobility.
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS built
RUN apt-get update -q && apt-get install -y -q --no-install-recommends ca-certificates make python3 python3-venv
WORKDIR /usr/local/lib/mobility
COPY Makefile LICENSE README.md pyproject.toml requirements.lock ./
COPY expectations expectations
COPY transforms transforms
COPY warehouse warehouse
COPY flows flows
# What installs is not needed to run, and what is compiled once need not be compiled at each start.
RUN make .venv/.installed && .venv/bin/python -m compileall -q expectations transforms warehouse flows \
    && rm -rf .venv/lib/python3.11/site-packages/pip .venv/lib/python3.11/site-packages/setuptools \
    && find .venv -type d -name tests -prune -exec rm -rf {} +

FROM ${BASE} AS mobility
RUN apt-get update -q && apt-get install -y -q --no-install-recommends ca-certificates python3 tzdata \
    && apt-get clean && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --home-dir /srv/mobility --create-home mobility
COPY --from=built /usr/local/lib/mobility /usr/local/lib/mobility
ENV PATH=/usr/local/lib/mobility/.venv/bin:$PATH MOBILITY_HOME=/srv/mobility MOBILITY_LOG_TO=stderr MOBILITY_LOG_FORMAT=json \
    PYTHONDONTWRITEBYTECODE=1
USER mobility
WORKDIR /srv/mobility
VOLUME /srv/mobility
ENTRYPOINT ["mobility"]
CMD ["serve"]

# Takes letters from the night on the same network interface and hands each on at once; it keeps none, and what it
# cannot hand on stays in the outbox.
FROM ${BASE} AS relay
RUN apt-get update -q && apt-get install -y -q --no-install-recommends ca-certificates msmtp \
    && apt-get clean && rm -rf /var/lib/apt/lists/* && useradd --uid 10002 --user-group relay
USER relay
CMD ["msmtpd", "--interface=127.0.0.1", "--port=2525", "--command=msmtp --file=/etc/msmtprc --from=%F --"]
