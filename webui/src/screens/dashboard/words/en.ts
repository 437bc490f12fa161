export default { title: "dashboard" };
