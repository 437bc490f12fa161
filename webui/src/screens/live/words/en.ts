export default { title: "live" };
