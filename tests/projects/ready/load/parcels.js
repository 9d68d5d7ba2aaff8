// The traffic of a busy Monday: nine of ten requests ask where a parcel is. `k6 run load/parcels.js`
import http from "k6/http";
import { check } from "k6";

export const options = {
  scenarios: {
    monday: { executor: "constant-arrival-rate", rate: 1200, timeUnit: "1s", duration: "10m", preAllocatedVUs: 300 },
  },
  thresholds: {
    http_req_duration: ["p(95)<100"],
    http_req_failed: ["rate<0.01"],
  },
};

const base = __ENV.BASE_URL;
const headers = { Authorization: `Bearer ${__ENV.TOKEN}`, "Content-Type": "application/json" };

export function setup() {
  const booking = JSON.stringify({ grams: 500, recipient: "Bob", recipient_email: "bob@example.org" });
  return { id: http.post(`${base}/v1/parcels`, booking, { headers }).json("id") };
}

export default function ({ id }) {
  const path = Math.random() < 0.9 ? `/v1/parcels/${id}` : "/v1/parcels";
  check(http.get(base + path, { headers }), { "is 200": (answer) => answer.status === 200 });
}
